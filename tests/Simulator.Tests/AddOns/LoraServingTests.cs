using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Serving;
using static SimServe.Simulator.Tests.AddOns.AddOnFixture;

namespace SimServe.Simulator.Tests.AddOns;

/// <summary>LoRAs that are waited for, fetched in the background, or left beside the weights, by the clock. A step takes 10 ms, a fetch 35, merging 3, taking out 2.</summary>
public sealed class LoraServingTests
{
    [Test]
    public void Without_a_bound_a_batch_waits_for_the_fetch_and_the_merge() =>
        Assert.That(Denoising(Run("synchronous", 0, Request(0, 0, [], [5])).Records[0]), Is.EqualTo(35 + 3 + 100).Within(1e-6));

    [Test]
    public void Storage_and_preparation_come_on_top_of_the_fetch()
    {
        // 1000 bytes over 1e5 bytes/s take 10 ms; to make it ready takes 20 more, beside the steps.
        double Wait(string loras, int bound)
        {
            var simulation = AddOnFixture.Simulation([Request(0, 0, [], [5])], new AddOnOptions { Loras = loras, LoraBound = bound });
            var adapters = simulation.Fleet.Adapters with { BytesPerSecond = 1e5, LoraPreparation = TimeSpan.FromMilliseconds(20) };
            return (simulation with { Fleet = simulation.Fleet with { Adapters = adapters } }).Run().Serving.Records[0].AdapterWait.TotalMilliseconds;
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Wait("synchronous", 0), Is.EqualTo(10 + 35 + 20 + 3).Within(1e-3));
            Assert.That(Wait("bounded-asynchronous", 4), Is.EqualTo(25 + 3).Within(1e-3));
            Assert.That(Wait("bounded-asynchronous", 9), Is.EqualTo(3).Within(1e-3));
        }
    }

    [TestCase(0, 38)]
    [TestCase(1, 28)]
    [TestCase(3, 8)]
    [TestCase(4, 3)]
    [TestCase(9, 3)]
    [TestCase(100, 3)]
    public void A_fetch_hides_behind_steps_up_to_the_bound(int bound, double wait)
    {
        // At 35 ms it is here: the fourth step ends at 40, when it is merged.
        var record = Run("bounded-asynchronous", bound, Request(0, 0, [], [5])).Records[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(record.AdapterWait.TotalMilliseconds, Is.EqualTo(wait).Within(1e-6));
            Assert.That(Denoising(record), Is.EqualTo(100 + wait).Within(1e-6));
        }
    }

    [Test]
    public void No_step_is_taken_without_a_LoRA_beyond_its_own_bound_which_is_the_least_of_a_set()
    {
        var addOns = new AddOnOptions { Loras = "bounded-asynchronous", LoraBound = 9, LoraBounds = new Dictionary<int, int> { [5] = 2 } };
        double Wait(params int[] loras) => AddOnFixture.Simulation([Request(0, 0, [], loras)], addOns).Run().Serving.Records[0].AdapterWait.TotalMilliseconds;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Wait(5), Is.EqualTo(15 + 3).Within(1e-6));
            Assert.That(Wait(6), Is.EqualTo(3).Within(1e-6));
            Assert.That(Wait(5, 6), Is.EqualTo(70 - 20 + 6).Within(1e-6), "two fetches over one link, two merges");
        }
    }

    [Test]
    public void Taking_a_LoRA_out_again_is_on_the_books_of_whoever_needs_other_weights()
    {
        // The second asks for the weights without it, the third for others, the fourth for the same.
        var run = Run("synchronous", 0, Request(0, 0, [], [5]), Request(1, 500, [], []), Request(2, 1000, [], [6]), Request(3, 1500, [], [5]), Request(4, 2000, [], [5]));
        Assert.That(run.Records.Select(static record => record.AdapterWait.TotalMilliseconds), Is.EqualTo(new double[] { 38, 2, 38, 5, 0 }).Within(1e-6), "5 was still in memory");
    }

    [Test]
    public void Steps_before_the_LoRA_run_on_the_models_own_weights()
    {
        // The other one is taken out first: 2 ms; then steps until the fetch ends.
        var run = Run("bounded-asynchronous", 9, Request(0, 0, [], [5]), Request(1, 500, [], [6]));
        Assert.That(run.Records[1].AdapterWait.TotalMilliseconds, Is.EqualTo(5).Within(1e-6));
    }

    [Test]
    public void Requests_with_other_LoRAs_wait_for_the_batch_unless_LoRAs_stay_beside_the_weights()
    {
        Request[] requests = [Request(0, 0, [], [5]), Request(1, 1, [], [6])];
        var (merged, beside) = (Run("bounded-asynchronous", 9, requests), Run("unmerged", 9, requests));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(merged.Segments.Max(static segment => segment.BatchSize), Is.EqualTo(1));
            Assert.That(beside.Segments.Max(static segment => segment.BatchSize), Is.EqualTo(2));
            Assert.That(beside.Records.Sum(static record => record.AdapterWait.Ticks), Is.Zero, "nothing is merged, and fetches hide behind steps");

            // A step with a LoRA in every row takes a twentieth more.
            Assert.That(Denoising(Run("unmerged", 9, Request(0, 0, [], [5])).Records[0]), Is.EqualTo(40 + (6 * 10.5)).Within(1e-6));
        }
    }

    [Test]
    public void Members_know_from_which_step_on_their_LoRAs_act()
    {
        var run = Run("unmerged", 9, Request(0, 0, [], [5]));
        Assert.That(run.Segments.Select(static segment => (segment.Plan.Members[0].Step, segment.Plan.Members[0].Loras?.Loras[0])), Is.EqualTo(new (int, int?)[] { (0, null), (4, 5) }));
    }

    [Test]
    public void Who_has_the_batchs_LoRAs_overtakes_others_so_often_and_no_more()
    {
        // 0 is in the batch, 1 has another LoRA; 2, 3, 4 have 0's.
        Request[] requests = [Request(0, 0, [], [5]), Request(1, 1, [], [6]), .. Enumerable.Range(2, 3).Select(static id => Request(id, id, [], [5]))];
        long[] Order(int overtaking) => [.. AddOnFixture.Simulation(requests, new AddOnOptions { LoraOvertaking = overtaking }).Run().Serving.Records
            .OrderBy(static record => record.JoinedAt).ThenBy(static record => record.Request.Id.Value).Select(static record => record.Request.Id.Value)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Order(0), Is.EqualTo(new[] { 0, 1, 2, 3, 4 }));
            Assert.That(Order(1), Is.EqualTo(new[] { 0, 2, 1, 3, 4 }));
            Assert.That(Order(9), Is.EqualTo(new[] { 0, 2, 3, 4, 1 }));
        }
    }

    [Test]
    public void Prompts_of_LoRAs_that_change_text_encoders_are_encoded_when_those_are_here()
    {
        var simulation = AddOnFixture.Simulation([Request(0, 0, [], [5])], new AddOnOptions { Loras = "bounded-asynchronous", LoraBound = 9 });
        var record = (simulation with { Fleet = simulation.Fleet with { Adapters = Adapters with { TextEncoderShare = 1 } } }).Run().Serving.Records[0];
        Assert.That((record.ReadyAt!.Value - record.ArrivedAt).TotalMilliseconds, Is.EqualTo(35).Within(1e-6));
    }

    [Test]
    public void One_step_at_a_time_gives_the_same_run()
    {
        var simulation = AddOnFixture.Simulation(AddOnRunTests.Mixed(200, 1), new AddOnOptions { Loras = "bounded-asynchronous", LoraBound = 3 }, workers: 3);
        Assert.That(Devices.TestWorkload.Trace((simulation with { CoalesceSteps = false }).Run().Serving), Is.EqualTo(Devices.TestWorkload.Trace(simulation.Run().Serving)));
    }

    private static ServingResult Run(string policy, int bound, params Request[] requests) =>
        AddOnFixture.Simulation(requests, new AddOnOptions { Loras = policy, LoraBound = bound }).Run().Serving;
}
