using SimServe.GpuBackend.Weights;

namespace SimServe.GpuBackend.Layers;

/// <summary>The place of a part of a U-Net or ControlNet: its weights, and how the model computes its layers.</summary>
/// <param name="Weights">Its weights.</param>
/// <param name="Backbone">The model's.</param>
internal readonly record struct BackboneScope(WeightScope Weights, Backbone Backbone)
{
    /// <summary>For layers that there is one way to compute.</summary>
    public static implicit operator WeightScope(BackboneScope scope) => scope.Weights;

    /// <summary>A child by name; dots go deeper.</summary>
    public BackboneScope Sub(string name) => this with { Weights = Weights.Sub(name) };

    /// <summary>A numbered child.</summary>
    public BackboneScope Sub(string name, int number) => this with { Weights = Weights.Sub(name, number) };

    /// <summary>Where the part shows its inputs and outputs.</summary>
    public Tap Tap() => Weights.Tap();
}
