namespace SimServe.GpuBackend.AddOns;

/// <summary>A bounded memory for what add-ons bring: the least recently used leaves first, what is in use stays, be there room for it or not.</summary>
/// <remarks>
/// Any thread may call, but what comes is taken up, and what it displaces let go, where items are pinned, on the loop's thread: what the loop has seen there is there when it pins it. What has just come stays until
/// something else comes: whoever asked for it can begin to use it.
/// </remarks>
/// <typeparam name="TKey">What items are found by.</typeparam>
/// <typeparam name="TItem">What is kept.</typeparam>
/// <param name="capacityBytes">Bytes of what nobody uses, besides what has just come; 0 or more.</param>
/// <param name="free">Frees an item that has left.</param>
internal sealed class AddOnMemory<TKey, TItem>(long capacityBytes, Action<TItem> free) : IDisposable
    where TKey : notnull
    where TItem : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, (TItem Item, long Bytes, long Used)> _items = [];
    private readonly Dictionary<TKey, (TItem Item, long Bytes)> _arrived = [];
    private readonly Dictionary<TKey, int> _users = [];

    // What came for somebody who has not begun to use it.
    private readonly HashSet<TKey> _awaited = [];

    // Of all that ever came.
    private readonly Dictionary<TKey, long> _sizes = [];
    private long _uses;

    /// <summary>Whether an item is there.</summary>
    public bool Holds(TKey key)
    {
        lock (_gate)
        {
            return _items.ContainsKey(key);
        }
    }

    /// <summary>Whether an item is there, or has come and will be.</summary>
    public bool Has(TKey key)
    {
        lock (_gate)
        {
            return _items.ContainsKey(key) || _arrived.ContainsKey(key);
        }
    }

    /// <summary>An item, or <c>null</c> where it is not there.</summary>
    public TItem? Find(TKey key)
    {
        lock (_gate)
        {
            if (!_items.TryGetValue(key, out var found))
            {
                return null;
            }

            _items[key] = found with { Used = ++_uses };
            return found.Item;
        }
    }

    /// <summary>An item has come that the memory does not have: it waits to be taken up.</summary>
    /// <param name="key">What it is found by.</param>
    /// <param name="item">The item; the memory's from now on.</param>
    /// <param name="bytes">Its size.</param>
    public void Arrive(TKey key, TItem item, long bytes)
    {
        lock (_gate)
        {
            _arrived.Add(key, (item, bytes));
            _sizes[key] = bytes;
        }
    }

    /// <summary>Whether an item is small enough to stay when nobody uses it. One that never came is taken for as large as the smallest that did.</summary>
    public bool CanKeep(TKey key)
    {
        lock (_gate)
        {
            return SizeOf(key) <= capacityBytes;
        }
    }

    /// <summary>What an item would drive out that nobody has asked for: one other at most, and nothing that is used or that somebody has asked for since it was used last.</summary>
    public AddOnRoom<TKey> RoomFor(TKey key)
    {
        lock (_gate)
        {
            var missing = SizeOf(key) - capacityBytes + _items.Values.Sum(static kept => kept.Bytes);
            return missing <= 0 ? new AddOnRoom<TKey>(true, [])
                : LeastUsed(key, _awaited.Contains) is { } least && least.Value.Bytes >= missing ? new AddOnRoom<TKey>(true, [least.Key])
                : new AddOnRoom<TKey>(false, []);
        }
    }

    /// <summary>Takes up an item that has come ahead of requests, if it has; where nobody waits for it by now and there is no room, or more would leave than was agreed, it is freed instead. On the loop's thread.</summary>
    /// <param name="key">What it is found by.</param>
    /// <param name="leaving">What may leave for it.</param>
    public void TakeUpAhead(TKey key, IReadOnlyList<TKey> leaving)
    {
        lock (_gate)
        {
            if (!_arrived.Remove(key, out var arrived))
            {
                return;
            }

            var room = RoomFor(key);
            if (_users.ContainsKey(key))
            {
                Add(key, arrived);
            }
            else if (room.Fits && room.Leaving.All(leaving.Contains))
            {
                foreach (var other in room.Leaving)
                {
                    Evict(other);
                }

                Add(key, arrived);
            }
            else
            {
                free(arrived.Item);
            }
        }
    }

    /// <summary>Takes up an item that somebody has asked for, if it has come; on the loop's thread.</summary>
    public void TakeUp(TKey key)
    {
        lock (_gate)
        {
            if (_arrived.Remove(key, out var arrived))
            {
                Add(key, arrived);
            }

            if (_items.ContainsKey(key) && !_users.ContainsKey(key))
            {
                _awaited.Add(key);
            }
        }
    }

    /// <summary>Somebody uses an item, or will when it is there: it stays until <see cref="Unpin"/>.</summary>
    public void Pin(TKey key)
    {
        lock (_gate)
        {
            _users[key] = _users.GetValueOrDefault(key) + 1;
            _awaited.Remove(key);
        }
    }

    /// <summary>Takes back one <see cref="Pin"/>.</summary>
    public void Unpin(TKey key)
    {
        lock (_gate)
        {
            if (--_users[key] == 0)
            {
                _users.Remove(key);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var kept in _items.Values)
            {
                free(kept.Item);
            }

            foreach (var arrived in _arrived.Values)
            {
                free(arrived.Item);
            }

            _items.Clear();
            _arrived.Clear();
        }
    }

    private long SizeOf(TKey key) => _sizes.TryGetValue(key, out var size) ? size : _sizes.Values.DefaultIfEmpty(1).Min();

    private void Add(TKey key, (TItem Item, long Bytes) arrived)
    {
        _items.Add(key, (arrived.Item, arrived.Bytes, ++_uses));
        while (_items.Values.Sum(static kept => kept.Bytes) > capacityBytes && LeastUsed(key, static _ => false) is { } least)
        {
            Evict(least.Key);
        }
    }

    private void Evict(TKey key)
    {
        _awaited.Remove(key);
        _items.Remove(key, out var gone);
        free(gone.Item);
    }

    private KeyValuePair<TKey, (TItem Item, long Bytes, long Used)>? LeastUsed(TKey added, Func<TKey, bool> isSpared)
    {
        KeyValuePair<TKey, (TItem Item, long Bytes, long Used)>? least = null;
        foreach (var kept in _items)
        {
            if (!_users.ContainsKey(kept.Key) && !kept.Key.Equals(added) && !isSpared(kept.Key) && !(kept.Value.Used >= least?.Value.Used))
            {
                least = kept;
            }
        }

        return least;
    }
}
