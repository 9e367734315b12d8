using System.Text;
using SimServe.Policies;

namespace SimServe.Simulator.Traces;

/// <summary>Writes traces in our format.</summary>
public static class TraceWriter
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a trace file; it has its name only when it is whole.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="provenance">Where the trace comes from.</param>
    /// <param name="requests">The requests in order of arrival, with unique ids.</param>
    /// <exception cref="ArgumentException">A request cannot be written so that it reads back; the message names it, and no file is left or changed.</exception>
    public static void Write(string path, string provenance, IEnumerable<TraceRequest> requests)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var temporary = path + ".part";
        try
        {
            using (var stream = File.Create(temporary))
            {
                Write(stream, provenance, requests);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Writes a trace to a stream, which stays open.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="provenance">As for files.</param>
    /// <param name="requests">As for files.</param>
    /// <exception cref="ArgumentException">As for files.</exception>
    public static void Write(Stream stream, string provenance, IEnumerable<TraceRequest> requests)
    {
        ArgumentNullException.ThrowIfNull(provenance);
        ArgumentNullException.ThrowIfNull(requests);
        using var writer = new StreamWriter(stream, Strict, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(TraceHeaderText.Line(new TraceHeader { Provenance = provenance }));
        writer.WriteLine(string.Join(',', TraceFormat.Columns));
        var (ids, latest) = (new HashSet<long>(), Instant.Start);
        foreach (var request in requests)
        {
            if (Fault(request, latest, ids) is { } fault)
            {
                throw new ArgumentException($"Request {request.Id}: {fault}", nameof(requests));
            }

            latest = request.ArrivesAt;
            writer.WriteLine(TraceText.Line(request));
        }
    }

    private static string? Fault(TraceRequest request, Instant latest, HashSet<long> ids) => request switch
    {
        { Id: < 0 } => "its id is negative.",
        _ when !ids.Add(request.Id) => "its id is not unique.",
        _ when request.ArrivesAt < latest => $"it arrives at {request.ArrivesAt}, before the one in front of it ({latest}).",
        { Template: < 0 } => $"its template is {request.Template} but must be at least 0.",
        { MaskRatio: not (>= 0 and <= 1) } => $"its mask ratio is {request.MaskRatio} but must be from 0 to 1.",
        { Steps: < 1 } => $"its steps are {request.Steps} but must be at least 1.",
        { Size: { Width: < 1 } or { Height: < 1 } } => "its width and height must be at least 1.",
        _ when !HasValidNames(request) => $"names must have {TraceName.Allowed}.",
        _ => null,
    };

    private static bool HasValidNames(TraceRequest request) =>
        request.ControlNets.Concat(request.Loras).All(TraceName.IsValid) && (request.Tenant.Length == 0 || TraceName.IsValid(request.Tenant));
}
