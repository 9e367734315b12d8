using SimServe.Policies;

namespace SimServe.Simulator.Traces;

/// <summary>Refuses requests that could not be read back.</summary>
internal sealed class WritableTrace
{
    private readonly HashSet<long> _ids = [];
    private Instant _latest;

    public void Check(TraceRequest request)
    {
        if (Fault(request) is { } fault)
        {
            throw new ArgumentException($"Request {request.Id}: {fault}", nameof(request));
        }

        _latest = request.ArrivesAt;
    }

    private string? Fault(TraceRequest request) => request switch
    {
        { Id: < 0 } => "its id is negative.",
        _ when !_ids.Add(request.Id) => "its id is not unique.",
        _ when request.ArrivesAt < _latest => $"it arrives at {request.ArrivesAt}, before the one in front of it ({_latest}).",
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
