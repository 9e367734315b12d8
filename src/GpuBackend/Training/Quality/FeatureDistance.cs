using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Weights;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training.Quality;

/// <summary>How far two pictures are apart in what a network sees of them.</summary>
/// <remarks>
/// In the manner of LPIPS (Zhang et al., "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric", 2018): features of every layer, made unit vectors over
/// the channels; squared differences summed over channels, averaged over places, and summed over layers. The network is the judge of painted scenes, every layer
/// counts alike (LPIPS learns weights from people's choices), so a distance is to be compared with others of the same network only. At most 4 a layer. Not thread-safe.
/// </remarks>
public sealed class FeatureDistance : IDisposable
{
    // Where nothing is seen there is no direction.
    private const double Epsilon = 1e-10;

    private readonly SceneJudge _judge;

    /// <summary>Distances by a network.</summary>
    /// <param name="judge">The network; owned from now on.</param>
    public FeatureDistance(SceneJudge judge) => _judge = judge;

    /// <summary>Distances by the network that lies beside a model's folder, as in a checkout's <c>models</c>.</summary>
    /// <param name="model">The model's folder.</param>
    /// <returns><c>null</c> where there is none.</returns>
    /// <exception cref="ModelFiles.ModelFileException">It is there, and its file is not sound.</exception>
    public static FeatureDistance? Beside(string model)
    {
        var folder = Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(model))) ?? ".", Folder);
        return Directory.Exists(folder) ? new FeatureDistance(new SceneJudge(WeightStore.Open(folder, ScalarType.Float32, CPU))) : null;
    }

    /// <summary>Name of the network's folder.</summary>
    public const string Folder = "scene-judge";

    /// <summary>The distance of two pictures.</summary>
    /// <param name="first">A picture.</param>
    /// <param name="second">A picture of the same size.</param>
    /// <param name="within">The pixels that count; <c>null</c>: all. Features count where the middle of what they stand for does, or, where that leaves none, everywhere.</param>
    /// <returns>0 for equal pictures; symmetric.</returns>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public double Between(RgbImage first, RgbImage second, PixelMask? within = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if ((first.Width, first.Height) != (second.Width, second.Height))
        {
            throw new ArgumentException($"The images differ in size: {first.Width}x{first.Height} and {second.Width}x{second.Height} pixels; compare images of one size.");
        }

        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var (left, right) = (_judge.Layers(Pixels(first)), _judge.Layers(Pixels(second)));
        var weights = within is null ? null : PixelTensors.Of(within);
        return left.Zip(right, (a, b) => Layer(a, b, weights)).Sum();
    }

    /// <inheritdoc/>
    public void Dispose() => _judge.Dispose();

    private static Tensor Pixels(RgbImage image) => PixelTensors.Of(image).mul(2).sub(1);

    private static double Layer(Tensor left, Tensor right, Tensor? within)
    {
        var distances = Unit(left).sub(Unit(right)).square().sum(1, keepdim: true);
        if (within is null)
        {
            return distances.mean().item<float>();
        }

        var counts = nn.functional.interpolate(within, [distances.shape[2], distances.shape[3]], mode: InterpolationMode.Nearest);
        var total = counts.sum().item<float>();
        return total > 0 ? distances.mul(counts).sum().item<float>() / total : distances.mean().item<float>();
    }

    private static Tensor Unit(Tensor features) => features.div(features.square().sum(1, keepdim: true).sqrt().add(Epsilon));
}
