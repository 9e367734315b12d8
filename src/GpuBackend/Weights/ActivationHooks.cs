using static TorchSharp.torch;

namespace SimServe.GpuBackend.Weights;

/// <summary>Lets an onlooker see what goes in and out of a model's parts, for comparison with a reference.</summary>
public sealed class ActivationHooks
{
    /// <summary>
    /// Called with <c>path/in/argument</c>, <c>path/out</c> or <c>path/out.N</c>, where the path is the part's name in the reference's Python model, and the
    /// tensor, which is only valid during the call. <c>null</c> when nobody looks on.
    /// </summary>
    public Action<string, Tensor>? Observer { get; set; }
}
