using SimServe.GpuBackend.Caches;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Tests.Caches;
using SimServe.Policies;
using SimServe.Policies.Caches;

namespace SimServe.GpuBackend.Tests.Devices;

/// <summary>What stays in memory, what in files, and what is gone.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TemplateStoreTests : IDisposable
{
    private static readonly EditTemplate[] Pictures = [.. Enumerable.Range(0, 6).Select(static number => new EditTemplate(Small.Noise(64, 64, 40 + number), $"picture {number}", number))];

    private static readonly long Size = new TemplateFiles(Path.GetTempPath(), Small.Model, Small.Steps).RowBytes;

    private readonly List<string> _told = [];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestCase(LeastRecentlyUsedEviction.PolicyName, 1)]
    [TestCase(LeastFrequentlyUsedEviction.PolicyName, 0)]
    [TestCase(BenefitWeightedEviction.PolicyName, 0)]
    public void Memory_that_is_full_lets_go_of_what_the_policy_says(string policy, int victim)
    {
        using var store = Store(2, eviction: policy);
        Add(store, 0, 1);
        Use(store, 1);
        Use(store, 1);
        Use(store, 0);
        Add(store, 2);
        Assert.That(Held(store), Has.Count.EqualTo(2).And.Not.Contain(victim));
        Assert.That((store.UsedBytes, store.Counts.HostEvictions), Is.EqualTo((2 * Size, 1)));
    }

    [Test]
    public void What_a_batch_uses_stays_and_what_has_no_room_is_held_for_its_users_only()
    {
        using var store = Store(1);
        Add(store, 0);
        var first = store.TryJoin(Id(0))!;
        store.Add(Id(1), Record(1), awaited: true);
        Assert.That(Held(store), Is.EqualTo(new[] { 0, 1 }), "the second is awaited");
        var (second, third) = (store.TryJoin(Id(1))!, store.TryJoin(Id(1))!);
        store.Leave(Id(1), second);
        Assert.That(Held(store), Is.EqualTo(new[] { 0, 1 }));
        store.Leave(Id(1), third);
        Assert.That(Held(store), Is.EqualTo(new[] { 0 }));
        Add(store, 2);
        Assert.That(Held(store), Is.EqualTo(new[] { 0 }), "nobody waits for it, and there is no room");
        store.Leave(Id(0), first);
        Add(store, 3);
        Assert.That(Held(store), Is.EqualTo(new[] { 3 }));
    }

    [Test]
    public void What_a_batch_waits_for_is_not_pushed_out_before_the_batch_joins()
    {
        using var store = Store(1);
        store.Add(Id(0), Record(0), awaited: true);
        store.Add(Id(1), Record(1), awaited: true);
        var use = store.TryJoin(Id(0));
        Assert.That(use, Is.Not.Null);
        store.Leave(Id(0), use!);
        Add(store, 2);
        Assert.That(Held(store), Does.Contain(2).And.Not.Contain(0), "its pin went with the use");
    }

    [Test]
    public void What_a_batch_waits_for_no_more_gives_way_and_goes_at_once_where_it_has_no_room()
    {
        using var store = Store(1);
        store.Add(Id(0), Record(0), awaited: true);
        store.Add(Id(1), Record(1), awaited: true);
        Assert.That(Held(store), Is.EqualTo(new[] { 0, 1 }), "the first has the room, the second is held for its batch");
        store.Unstage(Id(1));
        store.Unstage(Id(0));
        Assert.That(Held(store), Is.EqualTo(new[] { 0 }));
        Add(store, 2);
        Assert.That(Held(store), Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public void What_another_batch_uses_stays_when_the_one_that_waited_gives_up()
    {
        using var store = Store(1);
        store.Add(Id(0), Record(0), awaited: true);
        store.Add(Id(1), Record(1), awaited: true);
        var (first, second) = (store.TryJoin(Id(0))!, store.TryJoin(Id(1))!);
        store.Unstage(Id(0));
        store.Unstage(Id(1));
        Add(store, 2);
        Assert.That(Held(store), Is.EqualTo(new[] { 0, 1 }));
        store.Leave(Id(0), first);
        store.Leave(Id(1), second);
        Assert.That(Held(store), Is.EqualTo(new[] { 0 }));
    }

    [Test]
    public void What_left_memory_comes_back_from_its_file_bit_for_bit([Values] bool keepsAll)
    {
        using var store = Filed(memory: 1, disk: keepsAll ? 0 : 5, keepsAll);
        Add(store, 0, 1, 2);
        Assert.That(Held(store), Is.EqualTo(new[] { 2 }));
        Assert.That(store.IsFiled(Id(0)) && store.IsFiled(Id(1)));
        Fetch(store, 0);
        using var expected = Record(0);
        using var use = store.TryUse(Id(0))!;
        Assert.That(use.Recording.Rows(3, 4).SequenceEqual(expected.Rows(3, 4)));
        Assert.That(Held(store), Is.EqualTo(new[] { 0 }));
        Assert.That((store.Counts.StoreFetches, store.Counts.DiskFetches), Is.EqualTo(keepsAll ? (1, 0) : (0, 1)));
        Assert.That(store.Counts.BytesFetched, Is.EqualTo(Size));
    }

    [Test]
    public void It_says_how_long_a_template_would_take([Values] bool prefetch)
    {
        using var store = Filed(memory: 1, disk: 0, keepsAll: true, prefetch, storeBytesPerSecond: 2.0 * Size);
        Add(store, 0, 1);
        var half = TimeSpan.FromSeconds(0.5);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(store.DelayOf(Id(1)), Is.EqualTo(default(TemplateDelay)), "it is there");
            Assert.That(store.DelayOf(Id(0)), Is.EqualTo(prefetch ? new TemplateDelay(half, TimeSpan.Zero) : new TemplateDelay(TimeSpan.Zero, half)));
            Assert.That(store.DelayOf(Id(2)), Is.Null, "it must be recorded, which takes as long as the cost model says");
        }
    }

    [Test]
    public void A_disk_of_its_own_holds_no_more_than_it_has_room_for()
    {
        var store = Filed(memory: 1, disk: 2, keepsAll: false);
        Add(store, 0, 1, 2, 3, 4);
        Assert.That(Enumerable.Range(0, 5).Where(number => store.IsFiled(Id(number))), Is.EqualTo(new[] { 2, 3 }), "two of four victims");
        store.Dispose();
        Assert.That(_folder.Files, Has.Length.EqualTo(2));
        using var next = Filed(memory: 1, disk: 2, keepsAll: false);
        Assert.That(Enumerable.Range(0, 5).Where(number => next.IsFiled(Id(number))), Is.EqualTo(new[] { 2, 3 }), "a later run finds them");
        Assert.That(Held(next), Is.Empty);
    }

    [Test]
    public void Whoever_asks_while_a_template_is_on_its_way_waits_for_the_same_read()
    {
        using (var store = Filed(memory: 5, disk: 0, keepsAll: true))
        {
            Add(store, 0);
        }

        using var later = Filed(memory: 5, disk: 0, keepsAll: true);
        later.Prefetch(Id(0));
        later.Prefetch(Id(0));
        Fetch(later, 0);
        later.Prefetch(Id(0));
        Assert.That((later.Counts.StoreFetches, Held(later).Single()), Is.EqualTo((1, 0)));
    }

    [Test]
    public void Without_prefetching_nothing_is_read_before_somebody_waits()
    {
        using (var store = Filed(memory: 5, disk: 0, keepsAll: true))
        {
            Add(store, 0);
        }

        using var later = Filed(memory: 5, disk: 0, keepsAll: true, prefetch: false);
        later.Prefetch(Id(0));
        Assert.That(later.Counts.StoreFetches, Is.Zero);
    }

    [Test]
    public void A_spoilt_file_is_told_counts_as_not_there_and_is_made_anew()
    {
        using (var store = Filed(memory: 5, disk: 0, keepsAll: true))
        {
            Add(store, 0);
        }

        var bytes = File.ReadAllBytes(_folder.Files.Single());
        bytes[^1] ^= 1;
        File.WriteAllBytes(_folder.Files.Single(), bytes);
        using (var store = Filed(memory: 5, disk: 0, keepsAll: true))
        {
            Fetch(store, 0);
            Assert.That((Held(store).Count, store.IsFiled(Id(0))), Is.EqualTo((0, false)));
            Assert.That(_told.Single(), Does.Contain(_folder.Files.Single()).And.Contain("recorded anew"));
            Add(store, 0);
            Assert.That(store.Counts.RebuiltFiles, Is.EqualTo(1));
        }

        using var files = Filed(memory: 5, disk: 0, keepsAll: true);
        Fetch(files, 0);
        Assert.That(Held(files), Is.EqualTo(new[] { 0 }));
    }

    [Test]
    public void A_file_that_cannot_be_written_costs_nothing_but_a_recording()
    {
        using var store = Filed(memory: 1, disk: 0, keepsAll: true);
        foreach (var number in new[] { 0, 1, 2 })
        {
            // Nothing can be renamed to the name of a folder with something in it.
            Directory.CreateDirectory(Path.Combine(new TemplateFiles(_folder.Path, Small.Model, Small.Steps).PathOf(Pictures[number]), "in the way"));
        }

        Add(store, 0, 1, 2);
        Assert.That(() => store.IsFiled(Id(0)) || store.IsFiled(Id(1)) || store.IsFiled(Id(2)), Is.False.After(5_000, 10));
        Assert.That(Held(store), Is.EqualTo(new[] { 2 }));
        Assert.That(_told, Has.Count.EqualTo(3).And.All.Contain(_folder.Path));
    }

    [Test]
    public void What_remote_storage_loses_is_recorded_anew_and_stays_where_memory_has_it()
    {
        using var store = Filed(memory: 1, disk: 0, keepsAll: true);
        Add(store, 0, 1);
        store.Lose(static id => id.Value % 2 == 0);
        Assert.That((store.IsFiled(Id(0)), store.IsFiled(Id(1)), Held(store).Single()), Is.EqualTo((false, true, 1)));
    }

    private static TemplateId Id(int number) => new(number);

    private static TemplateRecording Record(int number) => new TemplateRecorder(Small.Model).Record(Pictures[number], Small.Steps);

    private static void Add(TemplateStore store, params int[] numbers) => Array.ForEach(numbers, number => store.Add(Id(number), Record(number)));

    private static void Use(TemplateStore store, int number) => store.Leave(Id(number), store.TryJoin(Id(number))!);

    private static void Fetch(TemplateStore store, int number)
    {
        using var done = new ManualResetEventSlim();
        store.Fetch(Id(number), done.Set);
        Assert.That(done.Wait(TimeSpan.FromSeconds(30)));
    }

    private static List<int> Held(TemplateStore store) => [.. Enumerable.Range(0, Pictures.Length).Where(number => store.Holds(Id(number)))];

    private static TemplateStore Store(int memory, string eviction = LeastRecentlyUsedEviction.PolicyName) =>
        new(Pictures, new TemplateStoreOptions { MemoryBytes = memory * Size, Eviction = eviction });

    private TemplateStore Filed(int memory, int disk, bool keepsAll, bool prefetch = true, double? storeBytesPerSecond = null) => new(Pictures, new TemplateStoreOptions
    {
        MemoryBytes = memory * Size,
        DiskBytes = disk * Size,
        KeepsAll = keepsAll,
        Prefetch = prefetch,
        StoreBytesPerSecond = storeBytesPerSecond,
        Files = new TemplateFiles(_folder.Path, Small.Model, Small.Steps),
        Told = text =>
        {
            lock (_told)
            {
                _told.Add(text);
            }
        },
    });
}
