using System.Text;

namespace SimServe.Simulator.Traces;

/// <summary>Writes traces in our format.</summary>
public static class TraceWriter
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a trace file; it has its name only when it is whole.</summary>
    /// <param name="path">The file; replaced if it exists. Parquet if its name ends with <c>.parquet</c>, else text.</param>
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
                if (path.EndsWith(TraceFormat.ParquetExtension, StringComparison.OrdinalIgnoreCase))
                {
                    ParquetTraceWriter.Write(stream, provenance, requests);
                }
                else
                {
                    Write(stream, provenance, requests);
                }
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Writes a trace as text to a stream, which stays open.</summary>
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
        var checks = new WritableTrace();
        foreach (var request in requests)
        {
            checks.Check(request);
            writer.WriteLine(TraceText.Line(request));
        }
    }
}
