using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Scenarios;

/// <summary>A workload whose first requests are edits with drawn masks.</summary>
internal sealed class DrawnEdits(IRequestSource workload, IReadOnlyList<EditSource> edits, IReadOnlyList<EditMask> masks) : IRequestSource
{
    public bool TryNext(out Request request)
    {
        var found = workload.TryNext(out request);
        if (found && request.Id.Value < masks.Count)
        {
            var edit = edits[request.Id.Value];
            request = request with
            {
                Template = new TemplateId(edit.Template),
                Mask = masks[request.Id.Value],
                Prompt = edit.Prompt,
                Seed = edit.Seed,
            };
        }

        return found;
    }

    public bool TryFollow(in RequestRecord ended, out Request next) => workload.TryFollow(ended, out next);
}
