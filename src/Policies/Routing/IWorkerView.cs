namespace SimServe.Policies.Routing;

/// <summary>What a router sees of a worker: the worker itself in the loop, a snapshot when a decision is replayed.</summary>
public interface IWorkerView
{
    /// <summary>The worker.</summary>
    WorkerId Id { get; }

    /// <summary>Requests in its batch.</summary>
    int Running { get; }

    /// <summary>Requests sent to it that are not in its batch yet.</summary>
    int Waiting { get; }

    /// <summary>An unfinished request: first those in the batch, then those that wait, in order.</summary>
    /// <param name="index">From 0 to Running + Waiting - 1.</param>
    OutstandingRequest Outstanding(int index);
}
