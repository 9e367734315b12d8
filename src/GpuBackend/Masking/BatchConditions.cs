using SimServe.GpuBackend.Models.Flux;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>Conditions of a batch: each member's time and prompt, each member's template's.</summary>
internal static class BatchConditions
{
    /// <summary>Members only, [B, H].</summary>
    public static Tensor Members(IReadOnlyList<FluxEdit> batch) => FluxTransformer2DModel.Condition(cat([.. batch.Select(Member)]));

    /// <summary>Members, then their templates, [2B, H].</summary>
    public static Tensor MembersAndTemplates(IReadOnlyList<FluxEdit> batch) =>
        FluxTransformer2DModel.Condition(cat([.. batch.Select(Member), .. batch.Select(Template)]));

    private static Tensor Member(FluxEdit edit) => Time(edit).add(edit.PooledVector);

    private static Tensor Template(FluxEdit edit) => Time(edit).add(edit.Template.Constants.PooledVector);

    private static Tensor Time(FluxEdit edit) => edit.Template.Constants.TimeVectors.narrow(0, edit.Step, 1);
}
