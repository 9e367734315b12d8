using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Profiles;

namespace SimServe.Simulator.Calibration;

/// <summary>A device's cost model, fitted to its profile: for each term the predictor that does best on samples it has not seen.</summary>
/// <remarks>The linear form is that of FlashPS (EuroSys '26), section 5, with operations split into matrix products and attention, the template's rows as a feature of their own, and fitted per block.</remarks>
public sealed class FittedCostModel : ICostModel
{
    private static readonly string[] CommonTerms =
        [ProfileTerm.Load, ProfileTerm.StepOverhead, ProfileTerm.Encode, ProfileTerm.Decode, ProfileTerm.Record];

    private readonly ModelShape _model;
    private readonly double _service;
    private readonly TimeSpan _serviceStep;
    private readonly double _control;
    // A profile is fitted once: every run of it has a cost model of its own, which notes what it was asked.
    private static readonly ConditionalWeakTable<DeviceProfile, ConcurrentDictionary<string, TermFit>> Fits = [];

    private readonly Dictionary<string, TermFit> _terms;
    private readonly SortedSet<string> _extrapolated = new(StringComparer.Ordinal);

    /// <summary>Fits a profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="model">The model that is served: it needs a term for every kind of block it has.</param>
    /// <exception cref="ArgumentException">The profile lacks a term.</exception>
    public FittedCostModel(DeviceProfile profile, ModelShape model)
    {
        (_model, _service, _serviceStep, _control) = (model, profile.ServiceFactor ?? 1, Duration.FromSeconds(profile.ServiceStepSeconds), profile.ControlFactor ?? 1);
        string[] terms = [.. model.Blocks.Select(static block => ProfileTerm.Block(block.Kind)).Distinct(), .. CommonTerms];
        var fits = Fits.GetOrCreateValue(profile);
        _terms = terms.ToDictionary(static term => term, term => fits.GetOrAdd(term, static (name, from) => TermFit.Of(from, name), profile), StringComparer.Ordinal);
        Encode = Predict(ProfileTerm.Encode, [1]);
        Decode = Predict(ProfileTerm.Decode, [1]);
    }

    /// <summary>The fitted terms.</summary>
    public IReadOnlyCollection<TermFit> Terms => _terms.Values;

    /// <summary>Terms that were asked for a prediction outside the range of their samples.</summary>
    public IReadOnlyCollection<string> Extrapolated => _extrapolated;

    /// <inheritdoc/>
    public TimeSpan Encode { get; }

    /// <inheritdoc/>
    public TimeSpan Decode { get; }

    /// <inheritdoc/>
    public TimeSpan Compute(BlockKind kind, in Work work) =>
        Predict(ProfileTerm.Block(kind), [1, work.Members, work.ReusedRows, work.LinearFlops, work.AttentionFlops, work.ConvolutionFlops]);

    /// <inheritdoc/>
    public TimeSpan Control(BlockKind kind, in Work work) => Compute(kind, work) * _control;

    /// <inheritdoc/>
    public TimeSpan Load(long bytes) => bytes == 0 ? TimeSpan.Zero : Predict(ProfileTerm.Load, [1, bytes]);

    /// <inheritdoc/>
    public TimeSpan StepOverhead(int members) => Predict(ProfileTerm.StepOverhead, [1, members]) + _serviceStep;

    /// <inheritdoc/>
    public TimeSpan Record(int steps) => Predict(ProfileTerm.Record, [steps]);

    /// <inheritdoc/>
    /// <remarks>A profile is measured at one size, and says nothing of encoding, decoding and overhead at another.</remarks>
    public ICostModel At(ModelShape model) => model.Grid == _model.Grid
        ? this
        : throw new NotSupportedException(
            $"The profile was measured at {_model.Grid.Width}x{_model.Grid.Height} pixels and says nothing of {model.Grid.Width}x{model.Grid.Height}.");

    // Links keep to their bandwidth, and recordings are served already when they are timed.
    private static bool IsSlowerInService(string term) => term is not (ProfileTerm.Load or ProfileTerm.Record);

    private TimeSpan Predict(string term, ReadOnlySpan<double> features)
    {
        var fit = _terms[term];
        if (fit.Extrapolates(features))
        {
            _extrapolated.Add(term);
        }

        var seconds = fit.Best.Predictor.Predict(features);
        return Duration.FromSeconds(IsSlowerInService(term) ? seconds * _service : seconds);
    }
}
