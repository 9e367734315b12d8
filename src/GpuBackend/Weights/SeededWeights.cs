using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Weights;

/// <summary>Makes weights from a seed: for benchmarks, tests, and the start of a training.</summary>
internal sealed class SeededWeights(long seed, ScalarType type, Device device) : IWeightSource
{
    // Numbers of a weight that are made by several threads: models of billions of weights would take minutes.
    private const int Large = 1 << 22;
    private const int Piece = 1 << 20;

    /// <inheritdoc/>
    public string Description => $"weights of seed {seed}";

    /// <inheritdoc/>
    public bool Has(string name) => true;

    /// <inheritdoc/>
    public Tensor Get(string name, Initialization initialization, long[] shape, Action<string> fault) => initialization switch
    {
        Initialization.One => ones(shape, dtype: type, device: device),
        Initialization.Zero => zeros(shape, dtype: type, device: device),
        Initialization.Small => Gaussian(name, 0.02, shape),
        Initialization.FanIn => Gaussian(name, 1 / Math.Sqrt(Inputs(shape)), shape),
        Initialization.Modulation => Gaussian(name, 0.25 / Math.Sqrt(Inputs(shape)), shape),
        Initialization.ModulationBias => Gaussian(name, 0.5, shape),
        _ => throw new ArgumentOutOfRangeException(nameof(initialization), initialization, "No such initialization."),
    };

    /// <inheritdoc/>
    public IEnumerable<string> Unused() => [];

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    // The first size counts outputs; the others, kernels included, are what one output sums over.
    private static long Inputs(long[] shape) => Math.Max(1, shape.Skip(1).Aggregate(1L, static (a, b) => a * b));

    private Tensor Gaussian(string name, double deviation, long[] shape)
    {
        var values = new float[shape.Aggregate(1L, static (a, b) => a * b)];
        if (values.Length <= Large)
        {
            Fill(values, name, deviation);
        }
        else
        {
            // Every piece has a stream of its own: the numbers do not depend on how many threads make them.
            Parallel.For(0, (values.Length + Piece - 1) / Piece, piece =>
                Fill(values.AsSpan(piece * Piece, Math.Min(Piece, values.Length - (piece * Piece))), $"{name}/{piece}", deviation));
        }

        using var exact = tensor(values, shape);
        return exact.to(type, device, copy: true);
    }

    private void Fill(Span<float> values, string name, double deviation)
    {
        var random = new RandomStream(seed, "weights/" + name);
        foreach (ref var value in values)
        {
            value = (float)(deviation * random.NextGaussian());
        }
    }
}
