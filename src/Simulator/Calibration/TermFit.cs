using System.Text.Json.Serialization;
using SimServe.Policies;
using SimServe.Policies.Profiles;

namespace SimServe.Simulator.Calibration;

/// <summary>One term of a device's cost model, fitted to its samples.</summary>
/// <param name="Term">A constant of <see cref="ProfileTerm"/>.</param>
/// <param name="Features">Names of the features, e.g. <c>linear FLOP</c>.</param>
/// <param name="Fits">What was fitted, the best first: it is the one that predicts.</param>
/// <param name="Least">Least value of each feature among the samples.</param>
/// <param name="Most">Greatest value of each feature among the samples.</param>
public sealed record TermFit(
    string Term, IReadOnlyList<string> Features, IReadOnlyList<PredictorFit> Fits, IReadOnlyList<double> Least, IReadOnlyList<double> Most)
{
    // A prediction a little outside the measured range is still an interpolation for all practical purposes.
    private const double Tolerance = 1.05;

    /// <summary>Fits one term of a profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="term">A constant of <see cref="ProfileTerm"/>.</param>
    /// <exception cref="ArgumentException">The profile has no sample of the term.</exception>
    public static TermFit Of(DeviceProfile profile, string term)
    {
        var samples = profile.Samples.Where(sample => sample.Term == term).ToArray();
        if (samples.Length == 0)
        {
            throw new ArgumentException($"The profile of {profile.Model} on {profile.Device.Name} has no sample of '{term}'; measure it again.", nameof(profile));
        }

        double[][] rows = [.. samples.Select(static sample => FeaturesOf(sample.Term, sample))];
        var fits = PredictorFit.All(new TermSamples(NamesOf(term), rows, [.. samples.Select(static sample => sample.Seconds)]));
        var columns = Enumerable.Range(0, rows[0].Length).ToArray();
        return new TermFit(
            term, NamesOf(term), fits, [.. columns.Select(column => rows.Min(row => row[column]))], [.. columns.Select(column => rows.Max(row => row[column]))])
        {
            Repeatability = samples.Average(static sample => sample.Repeatability),
        };
    }

    /// <summary>The fit that predicts: the one with the least leave-one-out error.</summary>
    [JsonIgnore]
    public PredictorFit Best => Fits[0];

    /// <summary>How far measuring again would give other samples, relative: the mean of the samples' <see cref="ProfileSample.Repeatability"/>; <c>null</c> where nobody noted it.</summary>
    public double? Repeatability { get; init; }

    /// <summary>How far predictions are off samples that are measured again, relative: the error of the fit on samples it has not seen, and what measuring again changes.</summary>
    public double StatedError => (Best.LeaveOneOutMape ?? Best.Mape) + (Repeatability ?? 0);

    /// <summary>Mean magnitude of the relative errors with which it predicts other samples of its term, e.g. of another profile.</summary>
    /// <param name="profile">The other profile.</param>
    public double ErrorOn(DeviceProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return profile.Samples.Where(sample => sample.Term == Term).Average(sample => Math.Abs((Best.Predictor.Predict(FeaturesOf(Term, sample)) / sample.Seconds) - 1));
    }

    /// <summary>Whether a prediction would leave the range of the samples by more than 5 %.</summary>
    /// <param name="features">What would be predicted from.</param>
    public bool Extrapolates(ReadOnlySpan<double> features)
    {
        for (var i = 0; i < features.Length; i++)
        {
            if (features[i] * Tolerance < Least[i] || features[i] > Most[i] * Tolerance)
            {
                return true;
            }
        }

        return false;
    }

    private static string[] NamesOf(string term) => term switch
    {
        _ when ProfileTerm.IsBlock(term) => [TermSamples.Constant, "members", "reused rows", "linear FLOP", "attention FLOP", "convolution FLOP"],
        ProfileTerm.Load => [TermSamples.Constant, "bytes"],
        ProfileTerm.StepOverhead => [TermSamples.Constant, "members"],
        ProfileTerm.Record => ["steps"],
        _ => [TermSamples.Constant],
    };

    private static double[] FeaturesOf(string term, ProfileSample sample) => term switch
    {
        _ when ProfileTerm.IsBlock(term) => Of(sample.Work),
        ProfileTerm.Load => [1, sample.Bytes],
        ProfileTerm.StepOverhead => [1, sample.Work.Members],
        ProfileTerm.Record => [sample.Steps],
        _ => [1],
    };

    private static double[] Of(in Work work) => [1, work.Members, work.ReusedRows, work.LinearFlops, work.AttentionFlops, work.ConvolutionFlops];
}
