namespace SimServe.Policies.AddOns;

/// <summary>How LoRAs come into effect: whether steps wait for them, and whether they are merged into the weights.</summary>
public interface ILoraPolicy
{
    /// <summary>Whether a request's LoRAs are fetched as soon as it is sent to a worker, or only when it has joined the batch.</summary>
    bool FetchesAhead { get; }

    /// <summary>Whether LoRAs are merged into the weights, so that a batch has one set of them; otherwise each request's act beside the weights.</summary>
    bool Merges { get; }

    /// <summary>Steps that a request may take before its LoRAs are in effect; it never takes the step after them without.</summary>
    /// <param name="request">A request with LoRAs.</param>
    /// <value>0: it waits for them.</value>
    int Bound(in Request request);
}
