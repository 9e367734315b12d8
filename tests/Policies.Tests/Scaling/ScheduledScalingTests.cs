using SimServe.Policies.Scaling;

namespace SimServe.Policies.Tests.Scaling;

public sealed class ScheduledScalingTests
{
    private static readonly ScalingOptions Options = new() { Schedule = [Size(8, 20), Size(18, 5)] };

    [TestCase(7, 3)]
    [TestCase(8, 20)]
    [TestCase(17.99, 20)]
    [TestCase(18, 5)]
    [TestCase(32, 5)]
    public void The_size_is_that_of_the_last_entry_and_before_the_first_the_fleets_own(double hours, int workers) =>
        Assert.That(Decide(Options, hours), Is.EqualTo(workers));

    [TestCase(7, 5)]
    [TestCase(8, 20)]
    [TestCase(31, 5)]
    [TestCase(32, 20)]
    [TestCase(24_000 + 18, 5)]
    public void A_timetable_that_repeats_begins_with_its_last_entry(double hours, int workers) =>
        Assert.That(Decide(Options with { Period = TimeSpan.FromHours(24) }, hours), Is.EqualTo(workers));

    [Test]
    public void A_timetable_that_makes_no_sense_is_refused()
    {
        ScalingOptions[] bad =
        [
            Options with { Schedule = [] },
            Options with { Schedule = [Size(8, 0)] },
            Options with { Schedule = [Size(8, 2), Size(8, 3)] },
            Options with { Schedule = [Size(-1, 2)] },
            Options with { Period = TimeSpan.FromHours(18) },
            Options with { Period = TimeSpan.FromHours(-1) },
        ];
        foreach (var options in bad)
        {
            Assert.That(() => new ScheduledScaling(options), Throws.ArgumentException);
        }
    }

    private static int Decide(ScalingOptions options, double hours) =>
        new ScheduledScaling(options).Decide(new FleetLoad(2, 1, 0, 99, 99, 99, 1, TimeSpan.FromSeconds(15)), Instant.FromSeconds(3600 * hours));

    private static ScheduledSize Size(double hours, int workers) => new(TimeSpan.FromHours(hours), workers);
}
