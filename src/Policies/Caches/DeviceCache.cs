using System.Runtime.InteropServices;

namespace SimServe.Policies.Caches;

/// <summary>Which templates' activations are in one device's memory.</summary>
/// <remarks>
/// A template comes here when a request has taken all its steps with it: every step's activations have come over the link then, or were recomputed. The rows under the
/// request's mask, which it did not read, are taken to have come along. What a batch uses is not evicted. A request whose template is here needs no copy in host memory,
/// unless only some blocks' rows are kept here.
/// Says what is where; whoever owns the memory hears what leaves it. Not thread-safe.
/// </remarks>
public sealed class DeviceCache
{
    private readonly BoundedCache<TemplateId> _templates;
    private readonly Func<TemplateId, CachedObject> _objectOf;
    private readonly Dictionary<TemplateId, Users> _users = [];
    private readonly HashSet<RequestId> _incomplete = [];

    /// <summary>Creates an empty cache.</summary>
    /// <param name="bytes">Bytes it can hold; 0 or more.</param>
    /// <param name="policy">What it evicts first.</param>
    /// <param name="objectOf">How large a template is, and what loading it again costs.</param>
    /// <param name="listener">Who hears of evictions, or <c>null</c>.</param>
    public DeviceCache(long bytes, IEvictionPolicy policy, Func<TemplateId, CachedObject> objectOf, IEvictionListener<TemplateId>? listener = null) =>
        (_templates, _objectOf) = (new BoundedCache<TemplateId>(bytes, policy, listener), objectOf);

    /// <summary>Whether a template that is here is here whole.</summary>
    /// <value><c>true</c>.</value>
    public bool KeepsAll { get; init; } = true;

    /// <summary>Requests that joined with their template here.</summary>
    public long Hits => _templates.Hits;

    /// <summary>Requests that joined without.</summary>
    public long Misses => _templates.Misses;

    /// <summary>Templates that left for others.</summary>
    public long Evictions => _templates.Evictions;

    /// <summary>Whether a template is here.</summary>
    /// <param name="template">The template.</param>
    public bool Holds(TemplateId template) => _templates.Contains(template);

    /// <summary>A request joins the batch.</summary>
    /// <param name="template">Its template.</param>
    /// <returns>False where it uses the host's copy.</returns>
    public bool Join(TemplateId template)
    {
        var resident = _templates.TryUse(template);
        ref var users = ref CollectionsMarshal.GetValueRefOrAddDefault(_users, template, out var known);
        if (resident && !known)
        {
            _templates.Pin(template);
        }

        users = resident ? users with { Here = users.Here + 1 } : users with { AtHost = users.AtHost + 1 };
        return resident && KeepsAll;
    }

    /// <summary>A request has seen only a part of its template: it began at a later step, or took steps without the template.</summary>
    /// <param name="request">The request.</param>
    public void NoteIncomplete(RequestId request) => _incomplete.Add(request);

    /// <summary>A request will not join any more.</summary>
    /// <param name="request">The request.</param>
    public void Forget(RequestId request) => _incomplete.Remove(request);

    /// <summary>A request leaves the batch.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isComplete">Whether it has taken all of its steps, on a device that is well.</param>
    /// <returns>Whether a use of the host's copy ends: once it is here too, the host's copy is let go first.</returns>
    public bool Leave(in Request request, bool isComplete)
    {
        var key = request.Template;

        // A device that is lost lets go of those too whose turn to join had not come.
        if (!_users.TryGetValue(key, out var users))
        {
            return false;
        }

        var fromHost = users.AtHost > 0;
        users = fromHost ? users with { AtHost = users.AtHost - 1 } : users with { Here = users.Here - 1 };
        if (users == default)
        {
            _users.Remove(key);
        }
        else
        {
            _users[key] = users;
        }

        var whole = !_incomplete.Remove(request.Id) && isComplete;
        if (_templates.Contains(key))
        {
            LetGo(key, users);
        }
        else if (whole && _templates.Insert(key, _objectOf(key)) && users != default)
        {
            _templates.Pin(key);
        }

        return fromHost || !KeepsAll;
    }

    private void LetGo(TemplateId key, Users left)
    {
        if (left == default)
        {
            _templates.Unpin(key);
        }
    }

    // Requests in the batch that joined when the template was here, or only at the host.
    private readonly record struct Users(int Here, int AtHost);
}
