using SimServe.GpuBackend.Profiling;

namespace SimServe.GpuBackend.Tests.Profiling;

public sealed class PointBookTests
{
    private static readonly SampleKey Quiet = new("quiet", default, 0, 0);
    private static readonly SampleKey Noisy = new("noisy", default, 0, 0);
    private static readonly ProfilePoint First = new(1, 0.1, StepKind.Cached);
    private static readonly ProfilePoint Second = new(2, 0.1, StepKind.Plain);

    [Test]
    public void The_point_with_the_largest_relative_error_is_next_until_it_is_known_better()
    {
        var book = new SampleBook();
        var points = new PointBook(book);
        points.Note(First, [Quiet]);
        points.Note(Second, [Noisy, Quiet]);
        for (var i = 0; i < 4; i++)
        {
            book.Add(Quiet, 10 + (0.1 * (i % 2)));
            book.Add(Noisy, 1 + (i % 2));
        }

        Assert.That(points.MostUncertain(), Is.EqualTo(Second));
        for (var i = 0; i < 100_000; i++)
        {
            book.Add(Noisy, 1 + (i % 2));
        }

        points.Note(First, [Quiet, new SampleKey("other", default, 0, 0)]);
        book.Add(new SampleKey("other", default, 0, 0), 1);
        Assert.That(points.MostUncertain(), Is.EqualTo(First), "of one repetition nothing is known");
    }

    [Test]
    public void The_error_is_that_of_the_mean_of_what_is_kept()
    {
        var book = new SampleBook();
        foreach (var seconds in new[] { 1.0, 2, 3, 4, 1000 })
        {
            book.Add(Noisy, seconds);
        }

        // Of 1 to 4: standard deviation 1.291, mean 2.5; 1000 is an outlier.
        Assert.That(book.RelativeError(Noisy), Is.EqualTo(1.2910 / 2 / 2.5).Within(0.01).Percent);
        Assert.That(book.Close().Single(), Has.Property("Rejected").EqualTo(1).And.Property("Repetitions").EqualTo(4));
    }
}
