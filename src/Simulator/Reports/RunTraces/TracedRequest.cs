namespace SimServe.Simulator.Reports.RunTraces;

/// <summary>One request, as a trace tells it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="ArrivedSeconds">Arrival, seconds after the start of the run.</param>
/// <param name="FinishedSeconds">Its end, whatever it was.</param>
/// <param name="Outcome">How it ended, e.g. <c>Completed</c>.</param>
/// <param name="Worker">The worker whose batch it joined last, or <c>null</c> where it joined none.</param>
public sealed record TracedRequest(int Number, double ArrivedSeconds, double FinishedSeconds, string Outcome, int? Worker)
{
    /// <summary>From its arrival to its end, seconds.</summary>
    public double LatencySeconds => FinishedSeconds - ArrivedSeconds;
}
