using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Scenarios;

/// <summary>A workload whose masks have a margin that is computed and not edited.</summary>
internal sealed class DilatedEdits(IRequestSource workload, int margin) : IRequestSource
{
    public bool TryNext(out Request request)
    {
        var found = workload.TryNext(out request);
        request = found ? Dilated(request) : request;
        return found;
    }

    public bool TryFollow(in RequestRecord ended, out Request next)
    {
        var found = workload.TryFollow(ended, out next);
        next = found ? Dilated(next) : next;
        return found;
    }

    private Request Dilated(in Request request) => request with { Mask = request.Mask.Dilated(margin) };
}
