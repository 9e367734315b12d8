using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Engine;
using SimServe.Simulator.Links;

namespace SimServe.Simulator.Tests.Links;

/// <summary>Small cases that can be worked out by hand. 10^7 bytes/s are one byte per tick.</summary>
public sealed class LinkNetworkTests
{
    private const double BytePerTick = 1e7;

    private readonly EventCalendar _calendar = new();
    private readonly LinkNetwork _network;
    private readonly ArrivalLog _log;

    public LinkNetworkTests()
    {
        _network = new LinkNetwork(_calendar);
        _log = new ArrivalLog(_calendar);
    }

    [Test]
    public void Transfer_alone_takes_its_bytes_over_the_narrowest_link_and_every_latency()
    {
        var disk = _network.AddLink("disk", 2 * BytePerTick, new TimeSpan(30));
        var pcie = _network.AddLink("pcie", 8 * BytePerTick, new TimeSpan(5));
        _network.Start(_network.AddRoute(disk, pcie), 1_000, _log, 1);
        _calendar.Run();
        Assert.That(_log.Arrivals, Is.EqualTo(new[] { (1, 535L) }));
    }

    [Test]
    public void Transfer_that_does_not_fill_its_last_tick_ends_with_it()
    {
        var route = _network.AddRoute(_network.AddLink("disk", 3 * BytePerTick));
        _network.Start(route, 10, _log, 1);
        _calendar.Run();
        Assert.That(_log.Arrivals, Is.EqualTo(new[] { (1, 4L) }));
    }

    [Test]
    public void Two_transfers_share_a_link_until_the_shorter_one_ends()
    {
        var route = _network.AddRoute(_network.AddLink("disk", 2 * BytePerTick));
        _network.Start(route, 100, _log, 1);
        _network.Start(route, 300, _log, 2);
        _calendar.Run();

        // 1 byte per tick each for 100 ticks, then 200 bytes at 2 per tick.
        Assert.That(_log.Arrivals, Is.EqualTo(new[] { (1, 100L), (2, 200L) }));
    }

    [Test]
    public void What_is_under_way_on_a_shared_link_is_foreseen_to_the_tick()
    {
        var disk = _network.AddLink("disk", 2 * BytePerTick, new TimeSpan(7));
        var (first, second) = (_network.AddRoute(disk), _network.AddRoute(disk, _network.AddLink("memory", 100 * BytePerTick)));
        var short_ = _network.Start(first, 100, _log, 1);
        var long_ = _network.Start(second, 1_000, _log, 2);
        _calendar.RunUntil(new Instant(40));

        // 60 and 960 bytes are left: the next 300 take as long as those, with 60 and 300 of the others.
        var (predicted, leftOfShort, leftOfLong) = (_network.TimeOf(first, 300), _network.TimeLeft(short_), _network.TimeLeft(long_));
        _network.Start(first, 300, _log, 3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(predicted, Is.EqualTo(new TimeSpan(7 + ((60 + 300 + 300) / 2))));
            Assert.That(leftOfShort, Is.EqualTo(new TimeSpan(7 + 60)), "had the third not come");
            Assert.That(leftOfLong, Is.EqualTo(new TimeSpan(7 + ((60 + 960) / 2))));
        }

        _calendar.Run();
        Assert.That(_log.Arrivals.Single(static arrival => arrival.Item1 == 3).Item2, Is.EqualTo(40 + predicted.Ticks));
        Assert.That(_network.TimeLeft(long_), Is.EqualTo(TimeSpan.Zero), "it has arrived");
    }

    [Test]
    public void Transfer_that_starts_later_halves_the_rate_from_then_on()
    {
        var route = _network.AddRoute(_network.AddLink("disk", 2 * BytePerTick));
        _network.Start(route, 300, _log, 1);
        _calendar.RunUntil(new Instant(50));
        _network.Start(route, 50, _log, 2);
        _calendar.Run();
        Assert.That(_log.Arrivals, Is.EqualTo(new[] { (2, 100L), (1, 175L) }));
    }

    [Test]
    public void Transfers_of_equal_length_end_in_the_order_of_their_starts()
    {
        var route = _network.AddRoute(_network.AddLink("disk", BytePerTick));
        for (var token = 0; token < 5; token++)
        {
            _network.Start(route, 20, _log, token);
        }

        _calendar.Run();
        Assert.That(_log.Arrivals, Is.EqualTo(Enumerable.Range(0, 5).Select(static token => (token, 100L))));
    }

    [Test]
    public void Rates_are_max_min_fair_where_links_are_shared_differently()
    {
        // The classical example: three transfers fill the first link with 1 each, so the second link's own transfer gets the rest, 4.
        var first = _network.AddLink("first", 3 * BytePerTick);
        var second = _network.AddLink("second", 5 * BytePerTick);
        var (onlyFirst, both, onlySecond) = (_network.AddRoute(first), _network.AddRoute(first, second), _network.AddRoute(second));
        _network.Start(onlyFirst, 1_000, _log, 1);
        _network.Start(onlyFirst, 1_000, _log, 2);
        _network.Start(both, 1_000, _log, 3);
        _network.Start(onlySecond, 1_000, _log, 4);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(onlyFirst.BytesPerSecondEach, Is.EqualTo(BytePerTick).Within(1e-9).Percent);
            Assert.That(both.BytesPerSecondEach, Is.EqualTo(BytePerTick).Within(1e-9).Percent);
            Assert.That(onlySecond.BytesPerSecondEach, Is.EqualTo(4 * BytePerTick).Within(1e-9).Percent);
        }
    }

    [Test]
    public void Eight_devices_contend_for_their_hosts_memory_and_one_alone_for_its_own_pcie()
    {
        var memory = _network.AddLink("dram", 80 * BytePerTick);
        var routes = Enumerable.Range(0, 8).Select(gpu => _network.AddRoute(memory, _network.AddLink($"pcie {gpu}", 25 * BytePerTick))).ToArray();
        _network.Start(routes[3], 1_000, _log, 3);
        Assert.That(routes[3].BytesPerSecondEach, Is.EqualTo(25 * BytePerTick).Within(1e-9).Percent);
        for (var gpu = 0; gpu < 8; gpu++)
        {
            if (gpu != 3)
            {
                _network.Start(routes[gpu], 1_000, _log, gpu);
            }
        }

        Assert.That(routes.Select(static route => route.BytesPerSecondEach), Is.All.EqualTo(10 * BytePerTick).Within(1e-9).Percent);
    }

    [Test]
    public void Bottleneck_that_is_freed_midway_leaves_its_bandwidth_to_others()
    {
        var shared = _network.AddLink("shared", 4 * BytePerTick);
        var narrow = _network.AddLink("narrow", 3 * BytePerTick);
        var (through, own) = (_network.AddRoute(shared, narrow), _network.AddRoute(narrow));
        _network.Start(through, 300, _log, 1);
        _network.Start(own, 150, _log, 2);
        _network.Start(own, 150, _log, 3);
        _calendar.Run();

        // A third of the narrow link each for 150 ticks; then the first has it alone, 150 bytes at 3 per tick.
        Assert.That(_log.Arrivals, Is.EqualTo(new[] { (2, 150L), (3, 150L), (1, 200L) }));
    }

    [Test]
    public void Brownout_slows_stalls_and_recovers_without_losing_a_byte()
    {
        var link = _network.AddLink("pcie", 4 * BytePerTick);
        var route = _network.AddRoute(link);
        _network.Start(route, 1_000, _log, 1);
        _calendar.RunUntil(new Instant(100));
        _network.SetBandwidth(link, BytePerTick);
        _calendar.RunUntil(new Instant(200));
        _network.SetBandwidth(link, 0);
        _calendar.RunUntil(new Instant(1_000));
        Assert.That(link.BytesMoved, Is.EqualTo(500));
        Assert.That(_calendar.Pending, Is.Zero, "a stalled transfer has no end");
        _network.SetBandwidth(link, 4 * BytePerTick);
        _calendar.Run();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_log.Arrivals, Is.EqualTo(new[] { (1, 1_125L) }));
            Assert.That(link.BytesMoved, Is.EqualTo(1_000));
            Assert.That(link.BusyTime, Is.EqualTo(new TimeSpan(1_125)));
        }
    }

    [Test]
    public void Cancel_gives_the_bandwidth_back_and_keeps_what_was_moved()
    {
        var link = _network.AddLink("pcie", 2 * BytePerTick);
        var route = _network.AddRoute(link);
        var cancelled = _network.Start(route, 1_000, _log, 1);
        _network.Start(route, 300, _log, 2);
        _calendar.RunUntil(new Instant(100));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_network.Cancel(cancelled, out var moved));
            Assert.That(moved, Is.EqualTo(100));
            Assert.That(_network.Cancel(cancelled, out _), Is.False);
            Assert.That(_network.Cancel(default, out _), Is.False);
        }

        _calendar.Run();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_log.Arrivals, Is.EqualTo(new[] { (2, 200L) }));
            Assert.That(link.BytesMoved, Is.EqualTo(400));
            Assert.That(link.ActiveTransfers, Is.Zero);
        }
    }

    [Test]
    public void Cancel_of_the_only_transfer_leaves_no_event()
    {
        var handle = _network.Start(_network.AddRoute(_network.AddLink("pcie", BytePerTick)), 100, _log, 1);
        _network.Cancel(handle, out _);
        Assert.That(_calendar.Pending, Is.Zero);
    }

    [Test]
    public void Cancel_after_the_last_byte_was_sent_keeps_it_from_arriving()
    {
        var link = _network.AddLink("ethernet", BytePerTick, new TimeSpan(50));
        var handle = _network.Start(_network.AddRoute(link), 100, _log, 1);
        _calendar.RunUntil(new Instant(120));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_network.Cancel(handle, out var moved));
            Assert.That(moved, Is.EqualTo(100));
        }

        _calendar.Run();
        Assert.That(_log.Arrivals, Is.Empty);
    }

    [Test]
    public void Awaited_transfer_reports_its_bytes_and_a_cancelled_one_hears_of_it_at_once()
    {
        var route = _network.AddRoute(_network.AddLink("pcie", 2 * BytePerTick));
        var reports = new List<(TransferReport Report, long Ticks)>();
        var first = _network.Transfer(route, 400, out var handle);
        _ = Await(first, reports);
        _ = Await(_network.Transfer(route, 200), reports);
        _calendar.RunUntil(new Instant(100));
        _network.Cancel(handle, out _);
        Assert.That(reports, Is.Empty, "nobody's code runs inside the call");
        _calendar.Run();
        Assert.That(
            reports,
            Is.EqualTo(new[] { (new TransferReport(100, Cancelled: true), 100L), (new TransferReport(200, Cancelled: false), 150L) }));
    }

    [Test]
    public void Empty_transfer_takes_the_latency_alone()
    {
        var route = _network.AddRoute(_network.AddLink("ethernet", BytePerTick, new TimeSpan(50)));
        _network.Start(route, 0, _log, 1);
        _calendar.Run();
        Assert.That(_log.Arrivals, Is.EqualTo(new[] { (1, 50L) }));
    }

    [Test]
    public void Counts_include_what_is_under_way()
    {
        var link = _network.AddLink("pcie", 2 * BytePerTick);
        var route = _network.AddRoute(link);
        _calendar.RunUntil(new Instant(40));
        _network.Start(route, 300, _log, 1);
        _network.Start(route, 100, _log, 2);
        _calendar.RunUntil(new Instant(90));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(link.BytesMoved, Is.EqualTo(100));
            Assert.That(link.BusyTime, Is.EqualTo(new TimeSpan(50)));
            Assert.That(link.ActiveTransfers, Is.EqualTo(2));
        }
    }

    [Test]
    public void Impossible_links_routes_and_transfers_throw()
    {
        var link = _network.AddLink("pcie", BytePerTick);
        var route = _network.AddRoute(link);
        var foreign = new LinkNetwork(_calendar);
        var foreignLink = foreign.AddLink("elsewhere", BytePerTick);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => _network.AddLink("x", double.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => _network.AddLink("x", -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => _network.AddLink("x", 1, new TimeSpan(-1)), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => _network.AddRoute(), Throws.ArgumentException);
            Assert.That(() => _network.AddRoute(link, link), Throws.ArgumentException.With.Message.Contains("pcie twice"));
            Assert.That(() => _network.AddRoute(foreignLink), Throws.ArgumentException.With.Message.Contains("elsewhere"));
            Assert.That(() => _network.SetBandwidth(link, double.PositiveInfinity), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => _network.Start(route, -1, _log, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => foreign.Start(route, 1, _log, 0), Throws.ArgumentException);
        }
    }

    private async Task Await(Pending<TransferReport> transfer, List<(TransferReport Report, long Ticks)> reports)
    {
        var report = await transfer;
        reports.Add((report, _calendar.Now.Ticks));
    }
}
