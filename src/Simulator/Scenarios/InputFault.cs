namespace SimServe.Simulator.Scenarios;

/// <summary>One thing wrong with an input.</summary>
/// <param name="Key">Where, e.g. <c>workload.ratePerSecond</c>.</param>
/// <param name="Found">What is there.</param>
/// <param name="Allowed">What may be there.</param>
/// <param name="Fix">What to do.</param>
public sealed record InputFault(string Key, string Found, string Allowed, string Fix)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => $"{Key}: found {Found}; allowed: {Allowed}. {Fix}";
}
