using SimServe.Policies.Routing;

namespace SimServe.Policies.Admission;

/// <summary>A request takes a token and is rejected when there is none; tokens come in at a steady rate up to a bound. One bucket for all tenants.</summary>
/// <remarks>
/// In any span of time t it admits at most burst + rate * t requests. Counted in whole numbers, a 10^16th of a token each, so a run of any length loses nothing to
/// rounding; the rate itself is kept to a billionth of a request per second.
/// </remarks>
public sealed class TokenBucket : IAdmissionPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "token-bucket";

    // A tick is 10^-7 s and the rate a multiple of 10^-9 requests/s.
    private static readonly Int128 Token = 10_000_000_000_000_000;

    private readonly Int128 _perTick;
    private readonly Int128 _capacity;
    private Int128 _level;
    private Instant _asOf;

    /// <summary>Creates a full bucket.</summary>
    /// <param name="ratePerSecond">Tokens that come in, requests/s; from 10^-9 to 10^9.</param>
    /// <param name="burst">Tokens that it holds, requests; from 1 to 10^9.</param>
    public TokenBucket(double ratePerSecond, double burst)
    {
        ThrowIfNotFrom(1e-9, ratePerSecond, nameof(ratePerSecond));
        ThrowIfNotFrom(1, burst, nameof(burst));
        _perTick = (Int128)Math.Round(ratePerSecond * 1e9);
        _capacity = (Int128)Math.Round(burst * 1e9) * (Token / 1_000_000_000);
        _level = _capacity;
    }

    /// <inheritdoc/>
    public AdmissionDecision Decide(in Request request, FleetView fleet, Instant now)
    {
        if (now > _asOf)
        {
            _level = Int128.Min(_capacity, _level + (_perTick * (now - _asOf).Ticks));
            _asOf = now;
        }

        if (_level < Token)
        {
            return AdmissionDecision.Reject;
        }

        _level -= Token;
        return AdmissionDecision.Admit;
    }

    private static void ThrowIfNotFrom(double least, double value, string name)
    {
        if (!(value >= least && value <= 1e9))
        {
            throw new ArgumentOutOfRangeException(name, value, $"A token bucket's {name} must be a number from {least} to 10^9.");
        }
    }
}
