using MathNet.Numerics.Distributions;
using SimServe.Policies;

namespace SimServe.Simulator.Tests.Links;

/// <summary>One link with Poisson arrivals is a processor-sharing queue, whose mean sojourn is E[S] / (1 - rho) whatever the sizes.</summary>
/// <remarks>Kleinrock, "Queueing Systems", volume 2, 1976, section 4.4.</remarks>
public sealed class ProcessorSharingTests
{
    private const int Replications = 20;
    private const int Transfers = 30_000;
    private const double MeanSeconds = 0.1;

    [Test]
    public void Mean_sojourn_matches_the_closed_form_and_depends_on_sizes_only_by_their_mean(
        [Values(0.5, 0.8)] double load, [Values("constant", "exponential", "hyperexponential")] string sizes)
    {
        var means = new double[Replications];
        for (var seed = 0; seed < Replications; seed++)
        {
            means[seed] = new ProcessorSharingRun(seed, load / MeanSeconds, random => Size(sizes, random)).MeanSojourn(Transfers);
        }

        // The tolerance is derived: the half-width of the 99.9 % confidence interval over independent replications.
        var expected = MeanSeconds / (1 - load);
        var mean = means.Average();
        var deviation = Math.Sqrt(means.Sum(value => (value - mean) * (value - mean)) / (Replications - 1));
        var halfWidth = StudentT.InvCDF(0, 1, Replications - 1, 0.9995) * deviation / Math.Sqrt(Replications);
        TestContext.Out.WriteLine($"load {load}, {sizes}: mean sojourn {mean:0.00000} s, closed form {expected:0.00000} s, half-width {halfWidth:0.00000} s");
        Assert.That(mean, Is.EqualTo(expected).Within(halfWidth));
        Assert.That(halfWidth, Is.LessThan(0.1 * expected), "enough transfers for the check to mean something");
    }

    // Seconds alone on the link. Hyperexponential: one in five is long, 3 times the mean, the others half of it (squared CV 3).
    private static double Size(string sizes, RandomStream random) => sizes switch
    {
        "constant" => MeanSeconds,
        "exponential" => MeanSeconds * Exponential(random),
        _ => MeanSeconds * Exponential(random) * (random.NextDouble() < 0.2 ? 3 : 0.5),
    };

    private static double Exponential(RandomStream random) => -Math.Log(1 - random.NextDouble());
}
