namespace SimServe.Policies.Serving;

/// <summary>How a request ended. Every request ends in exactly one way.</summary>
public enum RequestOutcome
{
    /// <summary>Its image was delivered.</summary>
    Completed,

    /// <summary>It could not be prepared, its device failed while it was in the batch, or no healthy device was left.</summary>
    Failed,
}
