using SimServe.Policies.Pipelines;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests;

/// <summary>What pools of several threads share.</summary>
public sealed class SharedPlansTests
{
    [Test]
    public void A_pool_finds_what_another_one_worked_out()
    {
        var (shared, costs) = (new SharedPlans(), new TestCosts());
        var (first, second) = (new PlannerPool(shared).Get(TestWorkload.Model, costs, "optimal"), new PlannerPool(shared).Get(TestWorkload.Model, costs, "optimal"));
        Assert.That(second, Is.Not.SameAs(first));
        Assert.That(second.Step(3, 120), Is.SameAs(first.Step(3, 120)));
    }

    [Test]
    public void Other_costs_or_another_pipeline_have_plans_of_their_own()
    {
        var (shared, costs) = (new SharedPlans(), new TestCosts());
        var step = new PlannerPool(shared).Get(TestWorkload.Model, costs, "optimal").Step(3, 120);
        Assert.That(new PlannerPool(shared).Get(TestWorkload.Model, new TestCosts(), "optimal").Step(3, 120), Is.Not.SameAs(step));
        Assert.That(new PlannerPool(shared).Get(TestWorkload.Model, costs, "full").Step(3, 120), Is.Not.SameAs(step));
    }

    [Test]
    public void Threads_that_ask_at_once_get_the_answers_of_one_that_asks_alone()
    {
        var (shared, costs) = (new SharedPlans(), new TestCosts());
        var alone = new PlannerPool().Get(TestWorkload.Model, costs, "optimal");
        Parallel.For(0, 4, _ =>
        {
            var planner = new PlannerPool(shared).Get(TestWorkload.Model, costs, "optimal");
            for (var tokens = 1; tokens <= 500; tokens++)
            {
                planner.Step(4, tokens);
            }
        });
        var after = new PlannerPool(shared).Get(TestWorkload.Model, costs, "optimal");
        Assert.That(Enumerable.Range(1, 500).Select(tokens => after.StepTime(4, tokens)), Is.EqualTo(Enumerable.Range(1, 500).Select(tokens => alone.StepTime(4, tokens))));
    }
}
