using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Serving;
using SimServe.Simulator.Fleets;
using static SimServe.Simulator.Tests.AddOns.AddOnFixture;

namespace SimServe.Simulator.Tests.AddOns;

/// <summary>ControlNets on workers and on devices of their own, by the clock. A step without any takes 10 ms; loading one 35 ms.</summary>
public sealed class ControlNetServiceTests
{
    private const double Load = 35;

    [Test]
    public void On_the_worker_each_adds_its_time_to_every_step()
    {
        double Of(params int[] controlNets) => Denoising(Run([Request(0, 0, controlNets, [])], "serial").Records[0]) - (Load * controlNets.Length);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Of(), Is.EqualTo(100).Within(1e-6));
            Assert.That(Of(7), Is.EqualTo(150).Within(1e-6));
            Assert.That(Of(7, 8, 9), Is.EqualTo(250).Within(1e-6));
        }
    }

    [Test]
    public void On_devices_of_their_own_they_run_beside_the_way_down_and_the_way_up_waits_for_the_last()
    {
        // 5 ms beside 6 cost nothing; two on one device take 10 and hold the way up for 4 more.
        double Of(int devices, params int[] controlNets) => Denoising(Run([Request(0, 0, controlNets, [])], "dedicated", devices).Records[0]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Of(1, 7), Is.EqualTo(100 + Load).Within(1e-6));
            Assert.That(Of(3, 7, 8, 9), Is.EqualTo(100 + Load).Within(1e-6), "they are loaded side by side");
            Assert.That(Of(1, 7, 8), Is.EqualTo(140 + (2 * Load)).Within(1e-6).Or.EqualTo(140 + Load).Within(1e-6));
        }
    }

    [Test]
    public void A_machine_that_computes_more_slowly_has_slower_ControlNets_too()
    {
        double Of(string placement, int devices)
        {
            var simulation = AddOnFixture.Simulation([Request(0, 0, [7, 8], [])], new AddOnOptions { ControlNets = placement }, controlNetDevices: devices);
            return Denoising((simulation with { Fleet = simulation.Fleet with { ComputeFactor = 3 } }).Run().Serving.Records[0]);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Of("serial", 0), Is.EqualTo(3 * 200 + (2 * Load)).Within(1e-6));
            Assert.That(Of("dedicated", 1), Is.EqualTo(3 * 140 + (2 * Load)).Within(1e-6).Or.EqualTo(3 * 140 + Load).Within(1e-6));
        }
    }

    [Test]
    public void A_slow_link_holds_the_way_up_and_residuals_of_the_step_before_hide_it()
    {
        // 10 ms for 100,000 bytes and 1 ms a message: 2 + 10 + 5 = 17 ms, 11 longer than the way down. A whole step has 10 ms for it.
        double Of(ControlMode mode, double bandwidth) => Denoising(AddOnFixture.Simulation(
            [Request(0, 0, [7], [])],
            new AddOnOptions { ControlNets = "dedicated", ControlMode = mode },
            controlNetDevices: 1,
            controlNets: new ControlNetFleet { BytesPerSecond = bandwidth, Latency = TimeSpan.FromMilliseconds(1) }).Run().Serving.Records[0]) - Load;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Of(ControlMode.Synchronous, 1e7), Is.EqualTo(10 * 21).Within(0.001));

            // The first step waits for its own answers (21). Those of every other are needed 16 ms after they were asked for, and are there a millisecond later at most.
            Assert.That(Of(ControlMode.OneStepStale, 1e7), Is.InRange(21 + (9 * 10), 21 + (9 * 11)));
            Assert.That(Of(ControlMode.OneStepStale, 1e7), Is.LessThan(Of(ControlMode.Synchronous, 1e7) * 0.75));
            Assert.That(Of(ControlMode.OneStepStale, 1e9), Is.EqualTo(101.1 + 0).Within(1.5), "only the first step waits");
        }
    }

    [Test]
    public void A_device_that_shares_cores_with_its_worker_slows_it_while_both_compute()
    {
        // Alone all takes half as long. Both compute for 5 ms; the way down's last millisecond takes half of one then, and the way up two.
        var simulation = AddOnFixture.Simulation([Request(0, 0, [7], [])], new AddOnOptions { ControlNets = "shared" }, controlNetDevices: 1);
        var run = (simulation with { Fleet = simulation.Fleet with { ComputeShares = [0.5, 1] } }).Run().Serving;
        Assert.That(Denoising(run.Records[0]) - Load, Is.EqualTo(10 * 7.5).Within(1e-3));
    }

    [Test]
    public void A_device_that_two_workers_share_serves_one_after_the_other_and_they_fall_into_step()
    {
        // Both ask at once at first: one waits 5 ms for the other and has its answer at 10, 4 ms after its way down. From then on they are out of phase.
        var run = Run([Request(0, 0, [7], []), Request(1, 0, [7], [])], "shared", devices: 1, workers: 2);
        Assert.That(run.Records.Select(Denoising), Is.EqualTo(new[] { 100 + Load, 104 + Load }).Within(1e-6));
    }

    [Test]
    public void More_workers_than_a_device_can_serve_are_slowed_to_its_pace()
    {
        // Three times 5 ms for each step of 10.
        var run = Run([.. Enumerable.Range(0, 3).Select(static id => Request(id, 0, [7], []))], "shared", devices: 1, workers: 3);
        Assert.That(run.Records.Max(Denoising), Is.EqualTo((10 * 15) + Load).Within(15));
    }

    [Test]
    public void Calls_that_wait_for_the_same_ControlNet_are_answered_together_up_to_a_number_of_images()
    {
        // Alone in each call it is 5 ms for each; together as much here, so nothing is won, and nobody waits for more than the call under way and his own.
        double Last(int most) => AddOnFixture.Simulation(
            [.. Enumerable.Range(0, 3).Select(static id => Request(id, 0, [7], []))],
            new AddOnOptions { ControlNets = "shared" }, workers: 3, controlNetDevices: 1, controlNets: new ControlNetFleet { MaxBatch = most }).Run().Serving.Records.Max(Denoising);
        Assert.That(Last(2), Is.EqualTo(Last(1)).Within(20));
    }

    [Test]
    public void A_ControlNet_goes_where_it_lies_unless_that_device_is_used_much_more()
    {
        // The first loads 7 on device 0; the second, long after, finds it there and waits for nothing.
        var run = Run([Request(0, 0, [7], []), Request(1, 1000, [7], []), Request(2, 2000, [8], [])], "shared", devices: 2);
        Assert.That(run.Records.Select(static record => record.AdapterWait.TotalMilliseconds), Is.EqualTo(new[] { Load, 0, Load }).Within(1e-6));
    }

    [TestCase(ControlNetRecovery.Fail)]
    [TestCase(ControlNetRecovery.Elsewhere)]
    [TestCase(ControlNetRecovery.Local)]
    public void A_device_that_dies_in_a_step_is_for_the_policy_to_answer(ControlNetRecovery recovery)
    {
        // It dies at 90 ms: loaded at 35, five steps at 85, the sixth is lost. Another device loads for 35 ms, and so does the worker, whose steps then take 15.
        var run = (AddOnFixture.Simulation([Request(0, 0, [7], []), Request(1, 0, [], [])], new AddOnOptions { ControlNets = "shared", ControlNetRecovery = recovery }, workers: 2, controlNetDevices: 2) with
        {
            Faults = [new LostControlNetDevice(Instant.FromSeconds(0.090), 0)],
        }).Run().Serving;
        var record = run.Records[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Records[1].Outcome, Is.EqualTo(RequestOutcome.Completed));
            Assert.That(record.Outcome, Is.EqualTo(recovery == ControlNetRecovery.Fail ? RequestOutcome.Failed : RequestOutcome.Completed));
            Assert.That(record.FinishedAt.TotalSeconds * 1000, Is.EqualTo(recovery switch
            {
                ControlNetRecovery.Fail => 90,
                ControlNetRecovery.Elsewhere => 90 + Load + 50,
                _ => 90 + Load + 75,
            }).Within(1e-6));
            Assert.That(record.Failure, recovery == ControlNetRecovery.Fail ? Does.Contain("ControlNet 7 was lost") : Is.Null);
        }
    }

    [Test]
    public void With_every_device_dead_all_run_on_the_workers()
    {
        var run = (AddOnFixture.Simulation([.. Enumerable.Range(0, 40).Select(static id => Request(id, id * 20, [id % 3], []))], new AddOnOptions { ControlNets = "shared", ControlNetRecovery = ControlNetRecovery.Elsewhere }, workers: 2, controlNetDevices: 2) with
        {
            Faults = [new LostControlNetDevice(Instant.FromSeconds(0.2), 0), new LostControlNetDevice(Instant.FromSeconds(0.3), 1)],
        }).Run().Serving;
        Assert.That(run.Records.Select(static record => record.Outcome), Has.All.EqualTo(RequestOutcome.Completed));
    }

    private static ServingResult Run(IReadOnlyList<Request> requests, string placement, int devices = 0, int workers = 1) =>
        AddOnFixture.Simulation(requests, new AddOnOptions { ControlNets = placement }, workers, devices).Run().Serving;
}
