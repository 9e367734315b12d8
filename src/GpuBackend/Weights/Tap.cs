using static TorchSharp.torch;

namespace SimServe.GpuBackend.Weights;

/// <summary>Where one part of a model shows its inputs and outputs; costs a null check when nobody looks on.</summary>
/// <param name="Hooks">The model's hooks.</param>
/// <param name="Path">The part's path.</param>
internal readonly record struct Tap(ActivationHooks Hooks, string Path)
{
    /// <summary>Shows an input under its argument's name.</summary>
    public void In(string argument, Tensor value) => Hooks.Observer?.Invoke($"{Path}/in/{argument}", value);

    /// <summary>Shows the only output.</summary>
    /// <returns>The same tensor.</returns>
    public Tensor Out(Tensor value)
    {
        Hooks.Observer?.Invoke($"{Path}/out", value);
        return value;
    }

    /// <summary>Shows one of several outputs.</summary>
    public void Out(int number, Tensor value) => Hooks.Observer?.Invoke($"{Path}/out.{number}", value);
}
