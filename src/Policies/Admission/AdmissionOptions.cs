namespace SimServe.Policies.Admission;

/// <summary>Which arriving requests are served.</summary>
public sealed record AdmissionOptions
{
    /// <summary>Name of the policy.</summary>
    /// <value><c>always</c>.</value>
    public string Kind { get; init; } = AdmitAlways.Name;

    /// <summary>Tokens per second of a token bucket, requests/s; greater than 0.</summary>
    /// <value>1.</value>
    public double RatePerSecond { get; init; } = 1;

    /// <summary>Tokens that a bucket holds, requests; at least 1.</summary>
    /// <value>1.</value>
    public double Burst { get; init; } = 1;
}
