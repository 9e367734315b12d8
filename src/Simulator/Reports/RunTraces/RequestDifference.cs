namespace SimServe.Simulator.Reports.RunTraces;

/// <summary>One request in two runs.</summary>
/// <param name="First">In the first.</param>
/// <param name="Second">In the second.</param>
public sealed record RequestDifference(TracedRequest First, TracedRequest Second)
{
    /// <summary>How much longer it took in the second, seconds.</summary>
    public double LatencySeconds => Second.LatencySeconds - First.LatencySeconds;

    /// <summary>Whether it ended in the batch of another worker. Of one that joined no batch in one of the runs, nothing can be said.</summary>
    public bool OnAnotherWorker => First.Worker is { } first && Second.Worker is { } second && first != second;
}
