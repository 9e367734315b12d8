using SimServe.Policies.AddOns;
using SimServe.Policies.Pipelines;

namespace SimServe.Policies.Serving;

// What ControlNets make of a step's predicted time, where nobody else asks the devices that run them.
internal static class ControlTimes
{
    // Those on the worker run before its U-Net, one after another; those on other devices beside its way down, one after another on each device.
    public static TimeSpan Step(StepPlan plan, StepPlanner planner, ControlMode mode, IReadOnlyList<IControlNetService> services)
    {
        var (local, remote) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var i = 0; i < plan.Controls.Count; i++)
        {
            var call = plan.Controls[i];
            if (!plan.IsFirstOf(i))
            {
                continue;
            }

            if (call.Device is { } device)
            {
                remote = TimeSpan.FromTicks(Math.Max(remote.Ticks, Answers(plan, planner.Model, i, device, services).Ticks));
            }
            else
            {
                local += planner.Control(plan.ImagesOf(i));
            }
        }

        var before = remote == TimeSpan.Zero ? TimeSpan.Zero : mode == ControlMode.OneStepStale ? plan.StepTime : planner.Encoder(plan);
        return local + plan.StepTime + (remote > before ? remote - before : TimeSpan.Zero);
    }

    // Up to and with one call, all that its device has to answer: the last one of a device says it all.
    private static TimeSpan Answers(StepPlan plan, ModelShape model, int last, int device, IReadOnlyList<IControlNetService> services)
    {
        var time = TimeSpan.Zero;
        for (var i = 0; i <= last; i++)
        {
            if (plan.Controls[i].Device == device && plan.IsFirstOf(i))
            {
                time += services[device].Answer(model, plan.ImagesOf(i));
            }
        }

        return time;
    }
}
