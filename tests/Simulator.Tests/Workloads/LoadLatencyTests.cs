using SimServe.Policies;
using SimServe.Simulator.Statistics;
using SimServe.Simulator.Traces;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Workloads;

public sealed class LoadLatencyTests
{
    private const string Folder = "traces/gentd26/";

    [TestCase("base model", "basemodel_update_latency_anon.csv", 7531, 0.062)]
    [TestCase("lora", "lora_update_latency_anon.csv", 27415, 0.016)]
    [TestCase("controlnet", "controlnet_latency_data_anon.csv", 29221, 0.027)]
    public void What_is_shipped_is_the_fit_to_the_published_file(string name, string file, int values, double distance)
    {
        var shipped = LoadLatencies.All.Single(latency => latency.Name == name);
        using var stream = SharedData.Open(Folder + file);
        var data = LoadLatencyFile.Read(stream, file).Order().ToArray();
        var fit = LogNormalMixtureFit.Of(data, shipped.Parts.Count);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(data, Has.Length.EqualTo(values));
            Assert.That(KolmogorovSmirnov.Distance(data, shipped.CumulativeShare), Is.EqualTo(distance).Within(0.0006));
            Assert.That(shipped.MeanSeconds, Is.EqualTo(data.Average()).Within(1).Percent);
            for (var part = 0; part < fit.Count; part++)
            {
                Assert.That(shipped.Parts[part].Weight, Is.EqualTo(fit[part].Weight).Within(0.005));
                Assert.That(shipped.Parts[part].Mu, Is.EqualTo(fit[part].Mu).Within(0.005));
                Assert.That(shipped.Parts[part].Sigma, Is.EqualTo(fit[part].Sigma).Within(0.005));
            }
        }
    }

    [Test]
    public void One_part_is_the_lognormal_of_mean_and_deviation()
    {
        var random = new RandomStream(1, "test");
        double[] values = [.. Enumerable.Range(0, 1_000).Select(_ => Math.Exp(2 + (0.5 * random.NextGaussian())))];
        var logarithms = values.Select(static value => Math.Log(value)).ToArray();
        var mean = logarithms.Average();
        var part = LogNormalMixtureFit.Of(values, 1).Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(part.Weight, Is.EqualTo(1).Within(1e-12));
            Assert.That(part.Mu, Is.EqualTo(mean).Within(1e-9));
            Assert.That(part.Sigma, Is.EqualTo(Math.Sqrt(logarithms.Average(value => (value - mean) * (value - mean)))).Within(1e-9));
        }
    }

    [Test]
    public void A_fit_finds_the_parts_that_data_were_drawn_from()
    {
        var truth = new LoadLatency("test", [new(0.3, 0, 0.2), new(0.7, 2, 0.3)]);
        var random = new RandomStream(2, "test");
        const int Values = 20_000;
        double[] values = [.. Enumerable.Range(0, Values).Select(_ => truth.Sample(random).TotalSeconds)];
        var fit = LogNormalMixtureFit.Of(values, 2);
        for (var part = 0; part < 2; part++)
        {
            // Six standard errors: the parts hardly overlap, so each is nearly a sample of its own.
            var (weight, _, sigma) = truth.Parts[part];
            Assert.That(fit[part].Weight, Is.EqualTo(weight).Within(6 * Math.Sqrt(weight * (1 - weight) / Values)));
            Assert.That(fit[part].Mu, Is.EqualTo(truth.Parts[part].Mu).Within(6 * sigma / Math.Sqrt(weight * Values)));
            Assert.That(fit[part].Sigma, Is.EqualTo(sigma).Within(6 * sigma / Math.Sqrt(2 * weight * Values)));
        }
    }

    [TestCaseSource(typeof(LoadLatencies), nameof(LoadLatencies.All))]
    public void Samples_follow_the_distribution(LoadLatency latency)
    {
        var random = new RandomStream(3, "test");
        double[] sample = [.. Enumerable.Range(0, 20_000).Select(_ => latency.Sample(random).TotalSeconds).Order()];
        Assert.That(KolmogorovSmirnov.Distance(sample, latency.CumulativeShare), Is.LessThan(1.95 / Math.Sqrt(sample.Length)), "exceeded in one case of a thousand");
    }

    [Test]
    public void Bad_parts_and_values_are_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new LoadLatency("test", []), Throws.ArgumentException);
            Assert.That(() => new LoadLatency("test", [new(0.5, 0, 1)]), Throws.ArgumentException);
            Assert.That(() => new LoadLatency("test", [new(1, 0, 0)]), Throws.ArgumentException);
            Assert.That(() => LogNormalMixtureFit.Of([1, 2], 1), Throws.ArgumentException);
            Assert.That(() => LogNormalMixtureFit.Of([.. Enumerable.Repeat(0.0, 20)], 1), Throws.ArgumentException);
        }
    }
}
