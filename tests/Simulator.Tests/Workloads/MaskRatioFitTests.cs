using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Workloads;

/// <summary>Recomputes what the documentation of <see cref="MaskRatios"/> claims about its fits.</summary>
public sealed class MaskRatioFitTests
{
    private const string Folder = "traces/mask_ratios/";

    [TestCase("production", "production_templates.csv", 0.024)]
    [TestCase("adetailer", "public_adetailer.csv", 0.098)]
    [TestCase("inpaint", "public_inpaint.csv", 0.028)]
    public void Fit_lies_as_near_to_the_data_as_documented(string name, string file, double documented)
    {
        var data = Data(file);
        Assert.That(KolmogorovSmirnov(data, MaskRatios.Parse(name).CumulativeShare), Is.EqualTo(documented).Within(0.0005));
    }

    [Test]
    public void Production_fit_is_not_rejected_and_beats_the_betas()
    {
        var data = Data("production_templates.csv");
        var chosen = KolmogorovSmirnov(data, MaskRatios.Production.CumulativeShare);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(chosen, Is.LessThan(1.358 / Math.Sqrt(data.Length)), "5 % critical value");
            Assert.That(KolmogorovSmirnov(data, new Beta(2.5, 19.8).CumulativeDistribution), Is.EqualTo(0.063).Within(0.0005));
            Assert.That(KolmogorovSmirnov(data, new Beta(2.92, 22.99).CumulativeDistribution), Is.EqualTo(0.057).Within(0.0005));
        }
    }

    [TestCase("production", "production_templates.csv")]
    [TestCase("adetailer", "public_adetailer.csv")]
    public void Lognormal_parameters_are_those_of_maximum_likelihood(string name, string file)
    {
        var logarithms = Data(file).Select(static ratio => Math.Log(ratio)).ToArray();
        var fit = (LogNormalMaskRatios)MaskRatios.Parse(name);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fit.Mu, Is.EqualTo(logarithms.Mean()).Within(0.001));
            Assert.That(fit.Sigma, Is.EqualTo(logarithms.PopulationStandardDeviation()).Within(0.001));
        }
    }

    private static double[] Data(string file)
    {
        var data = SharedData.Column(Folder + file);
        Array.Sort(data);
        return data;
    }

    private static double KolmogorovSmirnov(double[] sorted, Func<double, double> cumulative)
    {
        var distance = 0.0;
        for (var i = 0; i < sorted.Length; i++)
        {
            var share = cumulative(sorted[i]);
            distance = Math.Max(distance, Math.Max(((i + 1.0) / sorted.Length) - share, share - ((double)i / sorted.Length)));
        }

        return distance;
    }
}
