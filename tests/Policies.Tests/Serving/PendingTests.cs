using SimServe.Policies.Serving;

namespace SimServe.Policies.Tests.Serving;

public sealed class PendingTests
{
    [Test]
    public void A_method_that_never_waits_answers_at_once()
    {
        static async Pending<int> Answer()
        {
            await new Pending<bool>(true);
            return 3;
        }

        var pending = Answer();
        Assert.That((pending.IsCompleted, pending.GetAwaiter().GetResult()), Is.EqualTo((true, 3)));
    }

    [Test]
    public void Completing_resumes_the_coroutine_before_it_returns()
    {
        var (bell, seen) = (new Completion<int>(), new List<int>());

        async Pending Wait()
        {
            while (true)
            {
                seen.Add(await bell.Pending);
            }
        }

        _ = Wait();
        bell.Complete(1);
        bell.Complete(2);
        Assert.That(seen, Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public void An_answer_given_before_anybody_waits_is_kept()
    {
        var bell = new Completion<int>();
        bell.Complete(5);

        async Pending<int> Wait() => await bell.Pending + 1;

        Assert.That(Wait().GetAwaiter().GetResult(), Is.EqualTo(6));
    }

    [Test]
    public void Reading_an_answer_that_is_not_there_is_refused()
    {
        var bell = new Completion<int>();
        Assert.That(() => bell.Pending.GetAwaiter().GetResult(), Throws.InvalidOperationException);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void An_exception_reaches_whoever_awaits(bool waits)
    {
        var bell = new Completion<bool>();

        async Pending<int> Fail()
        {
            if (waits)
            {
                await bell.Pending;
            }

            throw new FormatException("as asked");
        }

        async Pending<string> Catch()
        {
            try
            {
                return $"{await Fail()}";
            }
            catch (FormatException error)
            {
                return error.Message;
            }
        }

        var caught = Catch();
        bell.Complete(true);
        Assert.That(caught.GetAwaiter().GetResult(), Is.EqualTo("as asked"));
    }

    [Test]
    public void Ordinary_async_methods_may_await_it_and_it_may_await_them()
    {
        var bell = new Completion<int>();

        async Task<int> Inner() => await bell.Pending;

        async Pending<int> Outer() => await Inner() + 1;

        var outer = Outer();
        Assert.That(outer.IsCompleted, Is.False);
        bell.Complete(7);
        Assert.That(outer.GetAwaiter().GetResult(), Is.EqualTo(8));
    }

    [Test]
    public void A_pool_hands_out_completions_again_and_finds_them_by_number()
    {
        var pool = new CompletionPool<int>();
        var (first, second) = (pool.Rent(), pool.Rent());
        first.Complete(1);
        _ = first.Pending.GetAwaiter().GetResult();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(pool[second.Number], Is.SameAs(second));
            Assert.That(pool.Rent(), Is.SameAs(first));
            Assert.That(pool.Rent(), Is.Not.SameAs(second));
        }
    }
}
