using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>A batch of edits as the lanes of a forward pass: member by member, of a member branch by branch, the negative one first.</summary>
internal static class EditLanes
{
    /// <summary>Refuses a batch that cannot take a step together.</summary>
    /// <param name="batch">The edits.</param>
    /// <exception cref="ArgumentException">It is empty, an edit is in it twice or has taken all its steps, or latents differ in size.</exception>
    /// <exception cref="InvalidOperationException">An edit is detached.</exception>
    public static void Check(IReadOnlyList<LatentEdit> batch)
    {
        if (batch.Count == 0 || batch.Distinct().Count() != batch.Count || batch.Any(static edit => edit.IsFinished))
        {
            throw new ArgumentException("A batch needs at least one edit, each only once, and none that has taken all its steps.", nameof(batch));
        }

        foreach (var edit in batch)
        {
            // A detached edit throws here, before any other has advanced.
            if (!edit.Path.Template.Noise.shape.AsSpan().SequenceEqual(batch[0].Latents.shape))
            {
                throw new ArgumentException("The edits of a batch need templates of one size.", nameof(batch));
            }
        }
    }

    /// <summary>The lanes of the step that the edits are about to take, in the current scope.</summary>
    /// <param name="batch">The edits.</param>
    /// <param name="asked">ControlNets of some of the edits, beside those that edits bring themselves.</param>
    public static DenoiserBatch Of(IReadOnlyList<LatentEdit> batch, IReadOnlyList<MemberControl>? asked = null)
    {
        List<LaneControl> controls = [.. (asked ?? []).Select(control => new LaneControl([.. control.Members.SelectMany(member => LanesOf(batch, member))], control.Ask))];
        var next = 0;
        foreach (var edit in batch)
        {
            if (edit.Request.Control is { } control)
            {
                var step = edit.Step;
                controls.Add(LaneControl.AtOnce(next, edit.Lanes, input => control(input, step)));
            }

            next += edit.Lanes;
        }

        return new DenoiserBatch
        {
            Sample = cat([.. batch.Select(static edit => edit.Input().expand(edit.Lanes, -1, -1, -1))]),
            Timesteps = [.. batch.SelectMany(static edit => Enumerable.Repeat(edit.Timestep, edit.Lanes))],
            Conditions = [.. batch.SelectMany(static edit => edit.Request.Branches)],
            Controls = controls,
        };
    }

    /// <summary>The lanes of one guidance branch of that step, one for each edit, where a model computes; in the current scope.</summary>
    /// <param name="batch">The edits.</param>
    /// <param name="branch">The branch, from 0.</param>
    /// <param name="here">Puts what an edit has on the model's device.</param>
    /// <param name="asked">ControlNets of some of the edits.</param>
    public static DenoiserBatch OfBranch(IReadOnlyList<LatentEdit> batch, int branch, Func<Tensor, Tensor> here, IReadOnlyList<MemberControl> asked) => new()
    {
        Sample = here(cat([.. batch.Select(static edit => edit.Input())])),
        Timesteps = [.. batch.Select(static edit => edit.Timestep)],
        Conditions = [.. batch.Select(edit => edit.Request.Branches[branch].Map(here))],
        Controls = [.. asked.Select(static control => new LaneControl(control.Members, control.Ask))],
    };

    /// <summary>Each lane's mask.</summary>
    public static IReadOnlyList<MaskPyramid> Masks(IReadOnlyList<LatentEdit> batch) =>
        [.. batch.SelectMany(static edit => Enumerable.Repeat(edit.Masks, edit.Lanes))];

    /// <summary>Takes the step of every edit.</summary>
    /// <param name="batch">The edits.</param>
    /// <param name="prediction">The model's of all lanes, [B, C, h, w].</param>
    public static void Advance(IReadOnlyList<LatentEdit> batch, Tensor prediction)
    {
        var next = 0;
        foreach (var edit in batch)
        {
            edit.Advance(prediction.narrow(0, next, edit.Lanes));
            next += edit.Lanes;
        }
    }

    /// <summary>Takes the step of every edit.</summary>
    /// <param name="batch">The edits.</param>
    /// <param name="branches">The model's predictions of each branch, of each edit after the other, [M, C, h, w].</param>
    public static void Advance(IReadOnlyList<LatentEdit> batch, IReadOnlyList<Tensor> branches)
    {
        for (var member = 0; member < batch.Count; member++)
        {
            batch[member].Advance(cat([.. branches.Select(branch => branch.narrow(0, member, 1))]));
        }
    }

    private static IEnumerable<int> LanesOf(IReadOnlyList<LatentEdit> batch, int member) =>
        Enumerable.Range(batch.Take(member).Sum(static edit => edit.Lanes), batch[member].Lanes);
}
