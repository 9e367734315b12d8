namespace SimServe.Policies.Tests;

public sealed class InstantTests
{
    [Test]
    public void Difference_of_points_is_a_length() =>
        Assert.That(Instant.FromSeconds(2.5) - Instant.FromSeconds(1), Is.EqualTo(TimeSpan.FromSeconds(1.5)));

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    [TestCase(-0.1)]
    public void Seconds_that_are_no_time_are_refused(double seconds) =>
        Assert.That(() => Instant.FromSeconds(seconds), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void Overflow_throws_instead_of_wrapping() =>
        Assert.That(() => new Instant(long.MaxValue) + TimeSpan.FromTicks(1), Throws.TypeOf<OverflowException>());
}
