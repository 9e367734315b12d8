namespace SimServe.Policies.Serving;

/// <summary>Requests that are all known beforehand.</summary>
/// <param name="requests">In order of arrival.</param>
public sealed class ListedRequests(IReadOnlyList<Request> requests) : IRequestSource
{
    private int _next;

    /// <inheritdoc/>
    public bool TryNext(out Request request)
    {
        if (_next == requests.Count)
        {
            request = default;
            return false;
        }

        request = requests[_next++];
        return true;
    }

    /// <inheritdoc/>
    public bool TryFollow(in RequestRecord ended, out Request next)
    {
        next = default;
        return false;
    }
}
