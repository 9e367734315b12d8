using System.Text.Json.Serialization;

namespace SimServe.Simulator.Suites;

/// <summary>One run of a case in both worlds.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="PaceBefore">How many times as long as the profile says computation took right before the real run.</param>
/// <param name="PaceAfter">The same right after it.</param>
/// <param name="Predicted">What was predicted at the geometric mean of the two.</param>
/// <param name="OwnPace">How many times as long as the profile says computation took in the real run itself, known afterwards only.</param>
/// <param name="AtOwnPace">What would have been predicted at that pace: what is still wrong then is not the device's drift but the simulation.</param>
/// <param name="Measured">What was measured.</param>
/// <param name="Steps">Denoising steps of the real run.</param>
/// <param name="Agreed">Those that a replay with the real run's times decides alike.</param>
/// <param name="Divergence">Where it first does not, in words, or <c>null</c>.</param>
public sealed record RepetitionResult(
    int Seed,
    double PaceBefore,
    double PaceAfter,
    SuiteMetrics<PredictedMetric> Predicted,
    double OwnPace,
    SuiteMetrics<double> AtOwnPace,
    SuiteMetrics<double> Measured,
    long Steps,
    long Agreed,
    string? Divergence)
{
    /// <summary>The pace that is taken for the run: the geometric mean of those around it.</summary>
    [JsonIgnore]
    public double Pace => PaceError.PaceBetween(PaceBefore, PaceAfter);

    /// <summary>Measurements inside their 90 % intervals, of <see cref="SuiteMetrics{T}.Names"/>.</summary>
    [JsonIgnore]
    public int Covered => Predicted.ToList().Zip(Measured.ToList()).Count(static pair => pair.First.Covers(pair.Second));
}
