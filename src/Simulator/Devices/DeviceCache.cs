using System.Runtime.InteropServices;
using SimServe.Policies;
using SimServe.Policies.Caches;

namespace SimServe.Simulator.Devices;

/// <summary>Templates' activations in one device's memory.</summary>
/// <remarks>
/// A template comes here when a request has taken all its steps with it: every step's activations have come over the link then, or were recomputed. The rows under the
/// request's mask, which it did not read, are taken to have come along. What a batch uses is not evicted. A request whose template is here needs no copy in host memory.
/// </remarks>
internal sealed class DeviceCache(long bytes, IEvictionPolicy policy, Func<TemplateId, CachedObject> objectOf)
{
    private readonly BoundedCache<TemplateId> _templates = new(bytes, policy);
    private readonly Dictionary<TemplateId, Users> _users = [];
    private readonly HashSet<RequestId> _incomplete = [];

    public long Hits => _templates.Hits;

    public long Misses => _templates.Misses;

    public long Evictions => _templates.Evictions;

    public bool Holds(TemplateId template) => _templates.Contains(template);

    // A request joins the batch. Returns false where it uses the host's copy.
    public bool Join(TemplateId template)
    {
        var resident = _templates.TryUse(template);
        ref var users = ref CollectionsMarshal.GetValueRefOrAddDefault(_users, template, out var known);
        if (resident && !known)
        {
            _templates.Pin(template);
        }

        users = resident ? users with { Here = users.Here + 1 } : users with { AtHost = users.AtHost + 1 };
        return resident;
    }

    // A request has seen only a part of its template: it began at a later step, or took steps without the template.
    public void NoteIncomplete(RequestId request) => _incomplete.Add(request);

    // A request leaves the batch. Returns whether a use of the host's copy ends: once it is here too, the host's copy is let go first.
    public bool Leave(in Request request, bool isWell)
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

        var whole = !_incomplete.Remove(request.Id) && isWell;
        if (_templates.Contains(key))
        {
            LetGo(key, users);
        }
        else if (whole && _templates.Insert(key, objectOf(key)) && users != default)
        {
            _templates.Pin(key);
        }

        return fromHost;
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
