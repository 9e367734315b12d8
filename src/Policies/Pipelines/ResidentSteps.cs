using SimServe.Policies.Costs;

namespace SimServe.Policies.Pipelines;

// Steps of batches some of whose templates lie in the device's memory. They depend on four numbers, which seldom come again all together: a table of a
// fixed size remembers the latest ones, so that memory is bounded and nothing is allocated once a choice of modes has been seen.
internal sealed class ResidentSteps(ModelShape model, ICostModel device, IPipelinePolicy policy)
{
    private const int Entries = 1 << 12;

    private readonly Entry[] _entries = new Entry[Entries];
    private readonly Dictionary<int, List<BlockMode[]>> _choices = [];
    private readonly BlockCost[] _costs = new BlockCost[model.Blocks.Count];
    private readonly BlockMode[] _modes = new BlockMode[model.Blocks.Count];

    public void Fill(StepPlan plan, int members, int maskedTokens, ResidentPart resident)
    {
        ref readonly var entry = ref Of(members, maskedTokens, resident);
        plan.Use(model, entry.Modes, policy.LookAhead, entry.Time, entry.Bytes, device, resident);
    }

    public ref readonly Entry Of(int members, int maskedTokens, ResidentPart resident)
    {
        var key = new Key(members, maskedTokens, resident);
        ref var entry = ref _entries[key.Place & (Entries - 1)];
        if (entry.Key != key || entry.Modes is null)
        {
            entry = WorkOut(key);
        }

        return ref entry;
    }

    private Entry WorkOut(Key key)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Resident.Members, key.Members);
        BatchCosts.Fill(model, device, key.Members, key.MaskedTokens, _costs, key.Resident);
        policy.Choose(_costs, _modes);
        var time = StepTimeline.Evaluate(_costs, _modes, policy.LookAhead) + device.StepOverhead(key.Members);

        // At least one tick: zero would never let time pass.
        return new Entry(
            key,
            Choice(),
            time > TimeSpan.Zero ? time : new TimeSpan(1),
            BatchCosts.Bytes(model, key.Members, key.MaskedTokens, _modes, key.Resident));
    }

    // The same modes are the same list: a plan's copy may keep it.
    private BlockMode[] Choice()
    {
        var hash = 0;
        foreach (var mode in _modes)
        {
            hash = unchecked((31 * hash) + (int)mode);
        }

        if (!_choices.TryGetValue(hash, out var alike))
        {
            _choices.Add(hash, alike = []);
        }

        foreach (var known in alike)
        {
            if (known.AsSpan().SequenceEqual(_modes))
            {
                return known;
            }
        }

        alike.Add([.. _modes]);
        return alike[^1];
    }

    internal readonly record struct Key(int Members, int MaskedTokens, ResidentPart Resident)
    {
        // Spreads neighbours: masked tokens differ in their lowest bits.
        public int Place => unchecked(MaskedTokens + (Resident.MaskedTokens * 7) + (Members * 1031) + (Resident.Members * 2053));
    }

    internal readonly record struct Entry(Key Key, BlockMode[] Modes, TimeSpan Time, long Bytes);
}
