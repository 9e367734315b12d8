namespace SimServe.Policies.Serving;

/// <summary>Requests that are all known beforehand.</summary>
/// <param name="requests">In order of arrival.</param>
public sealed class ListedRequests(IReadOnlyList<Request> requests) : IRequestSource
{
    // An array's element can be read where it lies.
    private readonly Request[] _requests = requests as Request[] ?? [.. requests];
    private int _next;

    /// <inheritdoc/>
    public bool TryNext(out Request request)
    {
        if (_next == _requests.Length)
        {
            request = default;
            return false;
        }

        request = _requests[_next++];
        return true;
    }

    /// <inheritdoc/>
    public bool TryFollow(in RequestRecord ended, out Request next)
    {
        next = default;
        return false;
    }
}
