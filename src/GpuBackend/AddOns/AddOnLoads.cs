using SimServe.GpuBackend.Devices;
using SimServe.Policies;
using SimServe.Policies.Serving;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.AddOns;

/// <summary>A device's loads of one kind of add-on: what requests ask for comes one after another; what nobody has asked for comes beside it, one at a time, and stands still while a request's load is under way.</summary>
/// <remarks>The loop's thread calls and is answered. Who asks for what is on its way already waits for the same load, which stands still for nobody but those who asked before.</remarks>
/// <typeparam name="TKey">What add-ons are found by.</typeparam>
/// <typeparam name="TItem">What a load brings.</typeparam>
/// <param name="source">Where they come from.</param>
/// <param name="memory">Where they come to. Not owned.</param>
/// <param name="loop">The loop that asks.</param>
/// <param name="fault">Why the device has failed, or <c>null</c>.</param>
internal sealed class AddOnLoads<TKey, TItem>(AddOnSource<TKey, TItem> source, AddOnMemory<TKey, TItem> memory, WallClockLoop loop, Func<string?> fault) : IDisposable
    where TKey : notnull
    where TItem : class
{
    // How soon a load that nobody has asked for notices that somebody asks for another.
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(5);

    private readonly CompletionPool<DeviceReport> _pool = new();
    private readonly WorkerThread _asked = Start(source.Name);
    private readonly ManualResetEventSlim _isQuiet = new(initialState: true);
    private WorkerThread? _ahead;
    private volatile UnaskedLoad? _unasked;
    private volatile bool _isEnding;
    private int _underWay;

    /// <summary>Whether nothing is on its way.</summary>
    public bool IsIdle => _underWay == 0;

    /// <summary>Loads what a request asks for.</summary>
    /// <param name="key">What it asks for.</param>
    /// <returns>Done: it is in memory; or a fault, or a refusal.</returns>
    public async Pending<DeviceReport> Ask(TKey key)
    {
        var completion = _pool.Rent();
        _underWay++;
        memory.Pin(key);
        _asked.Enqueue(() => loop.Post(completion, LoadAsked(key)));
        var report = await completion.Pending;
        memory.Unpin(key);
        memory.TakeUp(key);
        _underWay--;
        return report;
    }

    /// <summary>Loads what nobody has asked for; while nothing is on its way.</summary>
    /// <param name="key">What is loaded.</param>
    /// <returns>Done: it is in memory if there was room, with nothing gone for it but what <see cref="AddOnMemory{TKey, TItem}.RoomFor"/> said; or a fault, or a refusal.</returns>
    public async Pending<DeviceReport> LoadAhead(TKey key)
    {
        var leaving = memory.RoomFor(key).Leaving;
        var report = await RunAhead(key, wait => Load(key, wait));
        memory.TakeUpAhead(key, leaving);
        return report;
    }

    /// <summary>Does a part of what a load would do that nobody has asked for; while nothing is on its way.</summary>
    /// <param name="key">Who asks for it meanwhile waits until that is done.</param>
    /// <param name="job">What to do; told how to wait for storage.</param>
    /// <returns>Done; or a fault, or a refusal.</returns>
    public async Pending<DeviceReport> RunAhead(TKey key, Action<Action<TimeSpan>> job)
    {
        var completion = _pool.Rent();
        var load = new UnaskedLoad(key);
        (_unasked, _ahead) = (load, _ahead ?? Start($"{source.Name} ahead"));
        _underWay++;
        _ahead.Enqueue(() =>
        {
            var report = Answer(key, () => job(WaitBehind));
            _unasked = null;
            load.Ended.SetResult();
            loop.Post(completion, report);
        });
        var answer = await completion.Pending;
        _underWay--;
        return answer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isEnding = true;
        _asked.Dispose();
        _ahead?.Dispose();
        _isQuiet.Dispose();
    }

    private static WorkerThread Start(string name) => new(name, static () => set_num_threads(1));

    private DeviceReport LoadAsked(TKey key)
    {
        if (_unasked is { } load && load.Key.Equals(key))
        {
            load.Ended.Task.Wait();
        }

        _isQuiet.Reset();
        try
        {
            return Answer(key, () => Load(key, null));
        }
        finally
        {
            _isQuiet.Set();
        }
    }

    private void Load(TKey key, Action<TimeSpan>? wait)
    {
        if (!memory.Has(key))
        {
            var (item, bytes) = source.Load(key, wait);
            memory.Arrive(key, item, bytes);
        }
    }

#pragma warning disable CA1031 // What is wrong with an add-on is its requests' trouble alone.
    private DeviceReport Answer(TKey key, Action job)
    {
        if (fault() is { } reason)
        {
            return DeviceReport.Failed(reason);
        }

        try
        {
            using var mode = inference_mode();
            job();
            return DeviceReport.Done;
        }
        catch (Exception error)
        {
            return AddOnRefusal.Of(source.Describe(key), error);
        }
    }
#pragma warning restore CA1031

    // Time in which requests' loads are under way does not count.
    private void WaitBehind(TimeSpan length)
    {
        var clock = new WallClock();
        _isQuiet.Wait();
        for (var left = length; left > TimeSpan.Zero && !_isEnding;)
        {
            var begun = clock.Now;
            Thread.Sleep(left < Slice ? left : Slice);
            left -= clock.Now - begun;
            _isQuiet.Wait();
        }
    }

    private sealed class UnaskedLoad(TKey key)
    {
        public TKey Key => key;

        public TaskCompletionSource Ended { get; } = new();
    }
}
