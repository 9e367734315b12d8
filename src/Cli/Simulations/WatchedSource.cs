using System.Globalization;
using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Cli.Simulations;

/// <summary>Requests of a run somebody watches: says some hundred times in all how many have ended, and how far simulated time is.</summary>
/// <remarks>It sits where requests come from, and hears of each that ended once: nothing is paid for at other events.</remarks>
internal sealed class WatchedSource : IRequestSource
{
    private const int Reports = 400;

    // Of a trace all requests are asked for, however many there are.
    private const int Unknown = int.MaxValue;
    private const int ReportEvery = 1000;

    private readonly IRequestSource _requests;
    private readonly Action<double, string?> _report;
    private readonly long _total;
    private readonly double? _cutOffSeconds;
    private readonly long _every;
    private long _ended;
    private long _next;

    public WatchedSource(IRequestSource requests, long total, double? cutOffSeconds, Action<double, string?> report)
    {
        (_requests, _total, _cutOffSeconds, _report) = (requests, total, cutOffSeconds, report);
        _next = _every = total >= Unknown ? ReportEvery : Math.Max(1, total / Reports);
    }

    public bool TryNext(out Request request) => _requests.TryNext(out request);

    public bool TryFollow(in RequestRecord ended, out Request next)
    {
        if (++_ended == _next)
        {
            _next += _every;
            Tell(ended.FinishedAt.TotalSeconds);
        }

        return _requests.TryFollow(ended, out next);
    }

    private void Tell(double seconds)
    {
        var share = _total >= Unknown ? 0 : Math.Min(1, (double)_ended / _total);
        var end = share > 0 ? seconds / share : double.PositiveInfinity;
        if (_cutOffSeconds is { } cutOff && cutOff < end)
        {
            (share, end) = (Math.Min(1, seconds / cutOff), cutOff);
        }

        var requests = _total >= Unknown ? $"{_ended} requests" : $"{_ended} of {_total}";
        var time = double.IsFinite(end) ? $"{Show(seconds)} of {Show(end)}" : Show(seconds);
        _report(share, $"{requests}, {time} simulated");
    }

    // Hours have no bound: a run may last weeks.
    private static string Show(double seconds) => string.Create(
        CultureInfo.InvariantCulture, $"{(long)(seconds / 3600)}:{(long)(seconds / 60) % 60:00}:{(long)seconds % 60:00}");
}
