using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.Masking;

/// <summary>Recordings live as long as somebody uses them.</summary>
public sealed class RecordingUseTests
{
    private static readonly EditTemplate Picture = new(Small.Noise(64, 64, 5), "a mill by a stream", 15);

    [Test]
    public void A_disposed_recording_stays_for_the_edit_that_uses_it_and_is_freed_after_it()
    {
        var recording = Record(out var freed);
        using var before = Small.Edit(recording, Small.RandomMask(3, 0.3));
        var kept = Small.Finish(before, Small.All(BlockMode.Cached));
        before.Dispose();
        var edit = Small.Edit(recording, Small.RandomMask(3, 0.3));
        recording.Dispose();
        recording.Dispose();
        using (var use = recording.Use())
        {
            using var other = Small.Edit(use.Recording, Small.RandomMask(4, 0.2));
            Assert.That(other.Recording, Is.SameAs(recording), "whoever uses it may let another use it");
        }

        Assert.That(Small.Finish(edit, Small.All(BlockMode.Cached)), Is.EqualTo(kept), "bit for bit");
        Assert.That(freed, Is.Empty);
        edit.Dispose();
        Assert.That(freed, Has.Count.EqualTo(Small.Steps));
        Assert.That(() => recording.Use(), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void A_recording_is_freed_at_once_when_nobody_uses_it_and_with_its_last_use_otherwise()
    {
        var recording = Record(out var freed);
        var (first, second) = (recording.Use(), recording.Use());
        recording.Dispose();
        first.Dispose();
        first.Dispose();
        Assert.That(freed, Is.Empty, "a use that is ended twice counts once");
        second.Dispose();
        Assert.That(freed, Has.Count.EqualTo(Small.Steps));
        Assert.That(() => recording.Rows(0, 0).Length, Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void A_detached_edit_lets_its_recording_go_and_ends_the_same_with_one_made_anew()
    {
        var mask = Small.RandomMask(4, 0.4);
        using var whole = Small.Edit(Record(out _), mask);
        var expected = Small.Finish(whole, Small.All(BlockMode.Cached));
        var recording = Record(out var freed);
        using var edit = Small.Edit(recording, mask);
        Small.Step([edit], Small.All(BlockMode.Cached));
        edit.Detach();
        recording.Dispose();
        Assert.That(freed, Has.Count.EqualTo(Small.Steps), "a waiting edit keeps nothing of the rows");
        Assert.That(() => edit.Recording, Throws.InvalidOperationException.With.Message.Contains("detached"));
        edit.Attach(Record(out _));
        Assert.That(Small.Finish(edit, Small.All(BlockMode.Cached)), Is.EqualTo(expected), "bit for bit");
        edit.Detach();
        Assert.That(edit.ToImage().Pixels.ToArray(), Is.EqualTo(whole.ToImage().Pixels.ToArray()));
    }

    [Test]
    public void What_a_store_loses_is_not_used_any_more_and_stays_for_who_uses_it()
    {
        using var store = new TemplateStore([Picture]);
        store.Add(default, Record(out var freed));
        using (var use = store.TryUse(default)!)
        {
            store.Lose(static _ => true);
            Assert.That(store.TryUse(default), Is.Null);
            Assert.That(use.Recording.Rows(0, 0).Length, Is.GreaterThan(0));
            Assert.That(freed, Is.Empty);
        }

        Assert.That(freed, Has.Count.EqualTo(Small.Steps));
    }

    private static TemplateRecording Record(out List<long> freed)
    {
        var seen = freed = [];
        return new TemplateRecorder(Small.Model, bytes => new WatchedMemory(bytes, seen)).Record(Picture, Small.Steps);
    }

    // Notes when it is freed.
    private sealed class WatchedMemory : HostMemory
    {
        private readonly HostMemory _memory;
        private readonly List<long> _freed;

        public WatchedMemory(long bytes, List<long> freed)
            : this(Pageable(bytes), freed)
        {
        }

        private WatchedMemory(HostMemory memory, List<long> freed)
            : base(memory.Address, memory.Bytes) => (_memory, _freed) = (memory, freed);

        protected override void Free(nint address)
        {
            _freed.Add(Bytes);
            _memory.Dispose();
        }
    }
}
