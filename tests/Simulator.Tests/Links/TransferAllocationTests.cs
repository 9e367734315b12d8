using SimServe.Policies;
using SimServe.Simulator.Engine;
using SimServe.Simulator.Links;

namespace SimServe.Simulator.Tests.Links;

public sealed class TransferAllocationTests
{
    private const int Events = 100_000;

    private readonly EventCalendar _calendar = new();
    private readonly LinkNetwork _network;
    private readonly Route[] _routes;
    private readonly RandomStream _sizes = new(1, "sizes");
    private long _arrived;

    public TransferAllocationTests()
    {
        _network = new LinkNetwork(_calendar);
        var memory = _network.AddLink("dram", 1e10);
        _routes = [.. Enumerable.Range(0, 8).Select(gpu => _network.AddRoute(memory, _network.AddLink($"pcie {gpu}", 2e9, new TimeSpan(3))))];
    }

    [Test]
    public void Transfers_with_handlers_allocate_nothing_in_steady_state()
    {
        _ = new Loader(this);
        CheckSteadyState();
    }

    [Test]
    public void Awaited_transfers_allocate_nothing_in_steady_state()
    {
        for (var i = 0; i < 24; i++)
        {
            _ = Load(_routes[i % 8]);
        }

        CheckSteadyState();
    }

    private void CheckSteadyState()
    {
        Handle(Events);
        var (before, arrived) = (GC.GetAllocatedBytesForCurrentThread(), _arrived);
        Handle(Events);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(allocated, Is.Zero);
            Assert.That(_arrived - arrived, Is.GreaterThan(Events / 4));
        }
    }

    private void Handle(int events)
    {
        for (var i = 0; i < events; i++)
        {
            _calendar.HandleNext();
        }
    }

    private long NextSize() => _sizes.NextInt64() % 10_000_000;

    private async Task Load(Route route)
    {
        while (true)
        {
            await _network.Transfer(route, NextSize());
            _arrived++;
        }
    }

    /// <summary>Every arrival starts the next transfer; every tenth one cancels it and starts another.</summary>
    private sealed class Loader : IEventHandler
    {
        private readonly TransferAllocationTests _owner;

        public Loader(TransferAllocationTests owner)
        {
            _owner = owner;
            for (var i = 0; i < 24; i++)
            {
                Handle(i % 8);
            }
        }

        public void Handle(int token)
        {
            var handle = _owner._network.Start(_owner._routes[token], _owner.NextSize(), this, token);
            if (++_owner._arrived % 10 == 0)
            {
                _owner._network.Cancel(handle, out _);
                _owner._network.Start(_owner._routes[token], _owner.NextSize(), this, token);
            }
        }
    }
}
