using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Training;
using SimServe.GpuBackend.Weights;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Training;

/// <summary>Learns a line; can be told to lose its way.</summary>
internal sealed class LineTask : TrainingTask
{
    private readonly WeightStore _weights;
    private readonly Linear _line;

    public LineTask(ScalarType type = ScalarType.Float32)
    {
        _weights = WeightStore.ToTrain(1, type, CPU);
        _line = new Linear(_weights.Root.Sub("line"), 4, 3);
        Learned = new LearnedWeights([(string.Empty, _weights)]);
    }

    public override string Name => "line";

    public override LearnedWeights Learned { get; }

    /// <summary>The step at which the loss is not a number.</summary>
    public int? LostAt { get; init; }

    /// <summary>Stops the training after this many steps.</summary>
    public (int Steps, CancellationTokenSource Source)? StopAfter { get; init; }

    public int Steps { get; private set; }

    public override Tensor Loss(RandomStream random, Generator generator)
    {
        Steps++;
        if (StopAfter is { } stop && Steps == stop.Steps)
        {
            stop.Source.Cancel();
        }

        var input = randn([8, 4], generator: generator);
        var loss = Of(input).sub(input.narrow(1, 0, 3).mul(2).add(random.NextSingle() * 0.01)).square().mean();
        return Steps == LostAt ? loss.mul(double.NaN) : loss;
    }

    public override double Validate()
    {
        using var scope = NewDisposeScope();
        var input = eye(4);
        return Of(input).sub(input.narrow(1, 0, 3).mul(2)).square().mean().item<float>();
    }

    private Tensor Of(Tensor input) => _line.Apply(input.to(_weights.Type)).to(ScalarType.Float32);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _weights.Dispose();
    }
}
