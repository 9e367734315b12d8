using System.Text.Json;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Golden;

/// <summary>Collects comparisons with the reference: a value passes when |got - want| is at most atol + rtol * |want|.</summary>
internal sealed class GoldenChecks(GoldenRun run)
{
    private readonly List<string> _failures = [];
    private readonly HashSet<string> _seen = [];
    private string _worstOf = "nothing";

    public int Count { get; private set; }

    /// <summary>The largest error in units of its tolerance.</summary>
    public double Worst { get; private set; }

    /// <summary>Compares with the run's own tolerance.</summary>
    public void Close(string what, Tensor got, Tensor want)
    {
        var tolerance = run.Json.GetProperty("tolerance");
        Close(what, got, want, tolerance.GetProperty("atol").GetDouble(), tolerance.GetProperty("rtol").GetDouble());
    }

    /// <summary>Compares with a part of the run's tolerance, for instance <c>latents</c>.</summary>
    public void Close(string what, Tensor got, Tensor want, string part)
    {
        JsonElement tolerance = run.Json.GetProperty("tolerance").GetProperty(part);
        Close(what, got, want, tolerance.GetProperty("atol").GetDouble(), tolerance.GetProperty("rtol").GetDouble());
    }

    public void Close(string what, Tensor got, Tensor want, double absolute, double relative)
    {
        using var scope = NewDisposeScope();
        Count++;
        if (!got.shape.AsSpan().SequenceEqual(want.shape))
        {
            _failures.Add($"{what}: shape [{string.Join(", ", got.shape)}], expected [{string.Join(", ", want.shape)}]");
            return;
        }

        var (exact, expected) = (got.cpu().to(ScalarType.Float64), want.cpu().to(ScalarType.Float64));
        var error = exact.sub(expected).abs();
        var worst = error.numel() == 0 ? 0 : error.div(expected.abs().mul(relative).add(absolute)).max().ToDouble();
        if (!(worst <= Worst))
        {
            (Worst, _worstOf) = (worst, what);
        }

        if (!(worst <= 1))
        {
            _failures.Add($"{what}: {worst:G4} times the tolerance; largest error {error.max().ToDouble():G4}");
        }
    }

    /// <summary>Compares exactly.</summary>
    public void Equal(string what, Tensor got, Tensor want)
    {
        Count++;
        if (!got.shape.AsSpan().SequenceEqual(want.shape) || !got.cpu().eq(want.cpu()).all().ToBoolean())
        {
            _failures.Add($"{what}: {got.str()}, expected {want.str()}");
        }
    }

    /// <summary>Compares exactly.</summary>
    public void Equal<T>(string what, IReadOnlyList<T> got, IReadOnlyList<T> want)
    {
        Count++;
        if (!got.SequenceEqual(want))
        {
            _failures.Add($"{what}: [{string.Join(", ", got)}], expected [{string.Join(", ", want)}]");
        }
    }

    /// <summary>Compares exactly.</summary>
    public void Same<T>(string what, T got, T want)
    {
        Count++;
        if (!EqualityComparer<T>.Default.Equals(got, want))
        {
            _failures.Add($"{what}: {got}, expected {want}");
        }
    }

    /// <summary>Compares every intermediate value of the run that lies under a prefix, as the model shows it.</summary>
    /// <param name="hooks">The model's hooks.</param>
    /// <param name="prefix">What the reference's paths start with, for instance <c>cns.0.</c>.</param>
    public void Watch(ActivationHooks hooks, string prefix = "") => hooks.Observer = (path, value) =>
    {
        var name = $"{run.Id}@{prefix}{path}";
        if (run.Intermediates.Contains(name) && _seen.Add(name))
        {
            Close(path, value, run.Tensor(name));
        }
    };

    /// <summary>Fails when something differed, when an intermediate value was never shown, or when nothing was compared.</summary>
    public void Report()
    {
        var unseen = run.Intermediates.Where(name => !_seen.Contains(name)).ToArray();
        TestContext.Out.WriteLine($"{Count} comparisons, largest error {Worst:G3} of the tolerance ({_worstOf})");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_failures, Is.Empty, string.Join(Environment.NewLine, _failures));
            Assert.That(unseen, Is.Empty, "intermediate values that the model never showed");
            Assert.That(Count, Is.Positive, "nothing was compared");
        }
    }
}
