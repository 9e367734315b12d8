using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>Makes a model's weights from a seed, and owns them.</summary>
/// <remarks>
/// No trained weights come with this project. Each tensor has its own random stream, named by its key in FLUX.1's files; scales keep
/// activations and velocities near 1 over the depth of the model, so that timing and numerical error are those of a trained model.
/// </remarks>
internal sealed class SeededWeights(long seed) : IDisposable
{
    // Each of a model's two residual branches per block then adds well under the variance of its input.
    private const float Gate = 0.5f;
    private const double ModulationGain = 0.25;

    private readonly List<Tensor> _owned = [];

    /// <summary>A layer that keeps the variance of its input.</summary>
    public Linear Linear(string name, int inputs, int outputs) =>
        new(Gaussian(name + ".weight", 1 / Math.Sqrt(inputs), outputs, inputs), Gaussian(name + ".bias", 0.02, outputs));

    /// <summary>A layer that gives <paramref name="chunks"/> vectors of the model's width, in threes of shift, scale and gate.</summary>
    public Linear Modulation(string name, int width, int chunks)
    {
        var bias = new float[chunks * width];
        for (var gate = 2; gate < chunks; gate += 3)
        {
            bias.AsSpan(gate * width, width).Fill(Gate);
        }

        return new Linear(Gaussian(name + ".weight", ModulationGain / Math.Sqrt(width), chunks * width, width), Own(tensor(bias)));
    }

    /// <summary>A norm's scale near 1.</summary>
    public Tensor Scale(string name, int width) => Own(Gaussian(name, 0.1, width).add(1));

    /// <summary>Keeps a tensor for the model's lifetime.</summary>
    public Tensor Own(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    /// <summary>The rows of a layer that make some of its outputs; shares its memory.</summary>
    public Linear Outputs(Linear layer, int first, int count) =>
        new(Own(layer.Weight.narrow(0, first, count)), Own(layer.Bias.narrow(0, first, count)));

    /// <inheritdoc/>
    public void Dispose()
    {
        _owned.ForEach(static tensor => tensor.Dispose());
        _owned.Clear();
    }

    private Tensor Gaussian(string name, double deviation, params long[] shape)
    {
        var random = new RandomStream(seed, "weights/" + name);
        var values = new float[shape.Aggregate(1L, static (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(deviation * random.NextGaussian());
        }

        return Own(tensor(values, shape));
    }
}
