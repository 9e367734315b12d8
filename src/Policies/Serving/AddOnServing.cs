using SimServe.Policies.AddOns;
using SimServe.Policies.Pipelines;

namespace SimServe.Policies.Serving;

// The add-ons of a run: their policies, and the devices that run ControlNets for workers with who uses them.
internal sealed class AddOnServing(ServingSetup setup, IReadOnlyList<IControlNetService> services, int workers) : ControlNetView
{
    private readonly int[] _uses = new int[services.Count];
    private readonly Dictionary<(int Device, int ControlNet), int> _usesOfNets = [];
    private WorkerId _worker;

    public ILoraPolicy Loras => setup.Loras;

    public ControlNetRecovery Recovery => setup.ControlNetRecovery;

    public override int Count => services.Count;

    public override WorkerId Worker => _worker;

    public override int Workers => workers;

    public override bool IsWell(int device) => services[device].Fault is null;

    // Who uses it has it loaded.
    public override bool Holds(int device, int controlNet) => _usesOfNets.GetValueOrDefault((device, controlNet)) > 0 || services[device].Holds(controlNet);

    public override int Uses(int device) => _uses[device];

    public IControlNetHost HostOf(in ControlUse use, Worker worker) => use.Device is { } device ? services[device] : worker.Device.ControlNets;

    // A request was sent to a worker.
    public void Place(Course course, WorkerId worker)
    {
        _worker = worker;
        var controlNets = course.Request.Adapters.ControlNets;
        for (var i = 0; i < controlNets.Count; i++)
        {
            course.Controls.Add(default);
            Put(course, i, controlNets[i], setup.ControlNets.Place(controlNets[i], i, this));
        }
    }

    // Its device has failed.
    public void PlaceAnew(Course course, int place, WorkerId worker)
    {
        _worker = worker;
        var use = course.Controls[place];
        Forget(use);
        Put(course, place, use.ControlNet, Recovery == ControlNetRecovery.Local ? null : setup.ControlNets.Place(use.ControlNet, place, this));
    }

    // A worker's device has somebody who will use them.
    public void NoteUses(Course course, Instant now)
    {
        var loras = course.Request.Adapters.Loras;
        for (var i = 0; i < loras.Count; i++)
        {
            setup.Prefetch.Used(new Adapter(AdapterKind.Lora, loras[i]), now);
        }

        foreach (var use in course.Controls)
        {
            if (use.Device is null)
            {
                setup.Prefetch.Used(new Adapter(AdapterKind.ControlNet, use.ControlNet), now);
            }
        }
    }

    // What its device shall fetch now, or null.
    public Adapter? NextToFetch(IDevice device) => setup.Prefetch is not NoPrefetch && device.AdapterStore is { IsIdle: true } store ? setup.Prefetch.Choose(store) : null;

    public void CannotFetch(in Adapter adapter) => setup.Prefetch.Refused(adapter);

    public void Pin(Course course, int place, Worker worker)
    {
        var use = course.Controls[place];
        HostOf(use, worker).Pin(use.ControlNet);
        course.Controls[place] = use with { IsPinned = true };
    }

    // A request has left its worker.
    public void Leave(Course course, Worker worker)
    {
        foreach (var use in course.Controls)
        {
            if (use.IsPinned)
            {
                HostOf(use, worker).Unpin(use.ControlNet);
            }

            Forget(use);
        }

        course.Controls.Clear();
    }

    // Adds the ControlNets of a batch to its plan, and the time that they make of its step.
    public void Fill(StepPlan plan, StepPlanner planner, List<Course> batch)
    {
        var calls = plan.RefillControls();
        for (var member = 0; member < batch.Count; member++)
        {
            foreach (var use in batch[member].Controls)
            {
                calls.Add(new ControlCall(member, use.ControlNet, use.Device));
            }
        }

        if (calls.Count > 0 && planner.Model.ControlNet is not null)
        {
            plan.UseControls(setup.ControlMode, ControlTimes.Step(plan, planner, setup.ControlMode, services));
        }
    }

    private void Put(Course course, int place, int controlNet, int? device)
    {
        course.Controls[place] = new ControlUse(controlNet, device, IsPinned: false);
        if (device is { } chosen)
        {
            _uses[chosen]++;
            _usesOfNets[(chosen, controlNet)] = _usesOfNets.GetValueOrDefault((chosen, controlNet)) + 1;
        }
    }

    private void Forget(in ControlUse use)
    {
        if (use.Device is { } device)
        {
            _uses[device]--;
            _usesOfNets[(device, use.ControlNet)]--;
        }
    }
}
