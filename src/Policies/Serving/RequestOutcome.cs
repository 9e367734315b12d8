namespace SimServe.Policies.Serving;

/// <summary>How a request ended. Every request ends in exactly one way.</summary>
public enum RequestOutcome
{
    /// <summary>Its image was delivered.</summary>
    Completed,

    /// <summary>It could not be prepared, its device failed while it was in the batch, or no healthy device was left.</summary>
    Failed,

    /// <summary>Admission turned it away because too many were sent.</summary>
    Rejected,

    /// <summary>Admission turned it away because it would have ended too late.</summary>
    Shed,

    /// <summary>It was waiting when the run was cut off.</summary>
    QueuedAtEnd,

    /// <summary>It was in a batch, or being decoded, when the run was cut off.</summary>
    RunningAtEnd,

    /// <summary>Its user gave up (<see cref="Request.CancelsAt"/>) before its last denoising step had been taken.</summary>
    Cancelled,
}
