namespace SimServe.Policies.Batching;

/// <summary>What a batching policy sees of the batch that requests may join, as it will be at the step boundary where they could.</summary>
/// <remarks>Valid during the call only.</remarks>
public interface IBatchView
{
    /// <summary>Requests in the batch.</summary>
    int Running { get; }

    /// <summary>The step boundary at which who is admitted takes its first step: the present, or the predicted end of the step under way.</summary>
    Instant Boundary { get; }

    /// <summary>Predicted time from a request's last step to its image.</summary>
    TimeSpan Delivery { get; }

    /// <summary>A request in the batch.</summary>
    /// <param name="index">From 0 to <see cref="Running"/> - 1.</param>
    RunningRequest Member(int index);

    /// <summary>Predicted time of one step of requests that are all of the batch's size of images, or of the first waiting request's where the batch is empty.</summary>
    /// <param name="members">Requests, at least 1.</param>
    /// <param name="maskedTokens">Sum of their masked tokens, 0 or more.</param>
    TimeSpan StepTime(int members, int maskedTokens);
}
