namespace SimServe.Policies.Routing;

/// <summary>What a router sees of a worker: the worker itself in the loop, a snapshot when it is old or a decision is replayed.</summary>
public interface IWorkerView
{
    /// <summary>The worker.</summary>
    WorkerId Id { get; }

    /// <summary>Requests in its batch.</summary>
    int Running { get; }

    /// <summary>Requests sent to it that are not in its batch yet.</summary>
    int Waiting { get; }

    /// <summary>Masked image tokens of all its unfinished requests.</summary>
    long MaskedTokens { get; }

    /// <summary>Grows whenever a request comes, joins the batch or leaves, and when the batch stops at a step boundary.</summary>
    /// <remarks>Between two values of it the worker's future, as far as it can be predicted, is the same. Equal numbers of different views say nothing.</remarks>
    long Version { get; }

    /// <summary>When the steps under way began, or the last ones ended: the time for which <see cref="Outstanding"/> is true.</summary>
    Instant AsOf { get; }

    /// <summary>An unfinished request: first those in the batch, then those that wait, in the order in which they will join.</summary>
    /// <param name="index">From 0 to Running + Waiting - 1.</param>
    /// <returns>As of <see cref="AsOf"/> for those in the batch.</returns>
    OutstandingRequest Outstanding(int index);

    /// <summary>Whether the worker can use a template's activation cache at once.</summary>
    /// <param name="template">The template of the request that is being routed.</param>
    bool Holds(TemplateId template);

    /// <summary>Whether the worker's device has memory of its own for templates.</summary>
    /// <value><c>false</c>.</value>
    bool KeepsTemplates => false;

    /// <summary>Whether a template lies in that memory, so that the steps of its requests load nothing.</summary>
    /// <param name="template">The template of the request that is being routed, or of one that is unfinished here.</param>
    /// <value><c>false</c>.</value>
    bool IsResident(TemplateId template) => false;

    /// <summary>How long the request would wait for its template here.</summary>
    /// <param name="request">The request that is being routed.</param>
    /// <value>Not at all.</value>
    TemplateDelay DelayOf(in Request request) => default;

    /// <summary>Adapters of a set that the worker would have to load first.</summary>
    /// <param name="adapters">The adapters of the request that is being routed.</param>
    int MissingAdapters(AdapterSet adapters);
}
